import { t as require_packageurl_js } from "./packageurl-js.mjs";
export default require_packageurl_js();
export {};
