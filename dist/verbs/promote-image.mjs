export { t as default } from "../chunks/promote-image.mjs";
