import { i as require_enums } from "./cyclonedx-cyclonedx-library.mjs";
export default require_enums();
export {};
