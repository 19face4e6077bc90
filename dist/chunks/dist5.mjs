import { t as require_dist } from "./sigstore-sign.mjs";
export default require_dist();
export {};
