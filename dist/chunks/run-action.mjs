export { n as runAsAction } from "./cli-actions.mjs";
