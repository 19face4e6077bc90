import { t as require_dist } from "./sigstore-verify.mjs";
export default require_dist();
export {};
