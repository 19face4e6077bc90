export { t as exec } from "./actions-exec.mjs";
