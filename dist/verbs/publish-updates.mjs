export { t as default } from "../chunks/publish-updates.mjs";
