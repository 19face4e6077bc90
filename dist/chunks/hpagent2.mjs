import { n as init_hpagent, t as HttpsProxyAgent } from "./hpagent.mjs";
init_hpagent();
export { HttpsProxyAgent };
