export { O as readKeys, k as readMessage, j as verify } from "./openpgp2.mjs";
