import { n as require_index_node } from "./cyclonedx-cyclonedx-library.mjs";
export default require_index_node();
export {};
