export { t as examineGitHub } from "./operate-doctor-github.mjs";
