export { t as default } from "../chunks/boot-test.mjs";
