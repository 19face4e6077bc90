export { t as default } from "../chunks/watch-base.mjs";
