import { n as require_dist } from "./sigstore-protobuf-specs.mjs";
export default require_dist();
export {};
