export { t as versionLine } from "./host.mjs";
