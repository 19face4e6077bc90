import { t as require_dist } from "./sigstore-core.mjs";
export default require_dist();
export {};
