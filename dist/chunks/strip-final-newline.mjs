function stripFinalNewline(e){if(typeof e==`string`)return stripFinalNewlineString(e);if(!(ArrayBuffer.isView(e)&&e.BYTES_PER_ELEMENT===1))throw Error(`Input must be a string or a Uint8Array`);return stripFinalNewlineBinary(e)}const stripFinalNewlineString=t=>t.at(-1)===e?t.slice(0,t.at(-2)===n?-2:-1):t,stripFinalNewlineBinary=e=>e.at(-1)===t?e.subarray(0,e.at(-2)===r?-2:-1):e,e=`
`,t=`
`.codePointAt(0),n=`\r`,r=`\r`.codePointAt(0);export{stripFinalNewline as t};
