// Made of refusal-page.client.ts and refusal-page.client.css by scripts/page-assets.ts.

const BEFORE =
  'const w=12e4,a=t=>document.querySelector(t),l=t=>String(t).padStart(2,"0"),{now:h,op:d}=document.body.dataset,f=new URL("api/maintenance/status",a("#u").href),M=Number(h)-Date.now(),u=15e3*(.8+Math.random()*.4);let e=u,i=null;const c=a("#k");c&&(c.hidden=!1,c.addEventListener("click",()=>history.back()));const r=a("time");if(r){const t=Date.parse(r.dateTime);r.textContent=new Date(t).toLocaleString(document.documentElement.lang,{dateStyle:"medium",timeStyle:"short"}),setInterval(()=>{const n=Math.max(0,Math.ceil((t-M-Date.now())/1e3)),o=Math.floor(n/60),s=[Math.floor(o/60),l(o%60),l(n%60)].join(":");a("#c").textContent="(".concat(s,")")},1e3)}async function g(){const t=await fetch(f,{headers:i?{"If-None-Match":i}:{},cache:"no-store",credentials:"omit"});if(t.status===304)return!1;if(t.status!==200)throw new Error;const{is_active:n,test_mode:o,blocked_operations:s}=await t.json();return i=t.headers.get("etag"),!n||o||d!=="admin_operations"&&!s.includes(d)}async function m(){if(!document.hidden)try{if(await g()){';
const AFTER = ';return}e=u}catch{e=Math.min(e*2,12e4)}setTimeout(m,e)}setTimeout(m,e);';

export const COME_BACK = {
  text: `${BEFORE}location.reload()${AFTER}`,
  source: "'sha256-dIVkaxm4fnbROdQ+8GrbENXNt/A0DQy0Zc6MOk3kg9w='",
};

export const SAY_SO = {
  text: `${BEFORE}(o=>o.textContent=o.dataset.text)(document.querySelector("#o"))${AFTER}`,
  source: "'sha256-pHy3D/Ahwdjtg11gxLo4e3t0X8O3V6GxSM05Mj+DLTg='",
};

export const STYLE = {
  text: ':root{color-scheme:light dark;background:Canvas;color:CanvasText}body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1rem}h1{font-size:1.5rem}blockquote{margin:1rem 0;padding:.5rem 1rem;border-left:.25rem solid;white-space:pre-wrap;overflow-wrap:anywhere}',
  source: "'sha256-fCoYr/M3ea3lwx6dNdZcdhizZ4wmp5r3Kf7J3G+6qzs='",
};
