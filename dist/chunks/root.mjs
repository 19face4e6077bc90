export { r as runAgainAsRoot } from "./host.mjs";
