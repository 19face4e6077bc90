export { t as default } from "../chunks/open-promotion.mjs";
