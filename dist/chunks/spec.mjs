import { t as require_spec } from "./cyclonedx-cyclonedx-library.mjs";
export default require_spec();
export {};
