export { t as default } from "../chunks/start-rollout.mjs";
