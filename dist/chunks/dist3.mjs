import { t as require_dist } from "./sigstore-bundle.mjs";
export default require_dist();
export {};
