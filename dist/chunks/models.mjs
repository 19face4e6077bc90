import { r as require_models } from "./cyclonedx-cyclonedx-library.mjs";
export default require_models();
export {};
