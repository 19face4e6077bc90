export { t as default } from "../chunks/watch-fleet.mjs";
