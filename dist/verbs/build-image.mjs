export { t as default } from "../chunks/build-image.mjs";
