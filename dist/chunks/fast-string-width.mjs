import{t as e}from"./fast-string-truncated-width.mjs";const t={limit:1/0,ellipsis:``,ellipsisWidth:0},fastStringWidth=(n,r={})=>e(n,t,r).width;export{fastStringWidth as t};
