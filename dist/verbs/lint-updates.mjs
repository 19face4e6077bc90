export { t as default } from "../chunks/lint-updates.mjs";
