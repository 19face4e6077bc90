import{t as e}from"./rolldown-runtime.mjs";var t=e(((e,t)=>{t.exports=/^#!(.*)/}));export{t};
