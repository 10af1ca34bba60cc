/**
 * What the HTML form of the 503 does beyond showing its text, where the visitor's browser runs scripts: it shows the
 * expected end in their time zone with the time that is left, and asks every 15 s (12 to 18, drawn once; more rarely
 * while nobody answers, and not while the page is hidden) whether what was blocked is open again.
 *
 * Every byte counts: indentation is taken out, names are short. No `$`: API Gateway gives it a meaning.
 *
 * `#u`: link to the start page, beside which the API is. `#o`: live region, with what it is to say. `#c`: time left.
 * `#k`: button that goes back. `z`: how far the browser's clock is behind ours, ms.
 *
 * @param whenOpen what is done when it is open again
 */
function script(whenOpen: string): string {
  return `(()=>{
    const d=document,b=d.body.dataset,q=x=>d.querySelector(x),u=q("#u"),o=q("#o"),k=q("#k"),e=q("time"),
    z=b.now-Date.now(),p=n=>String(n).padStart(2,0),
    m=15e3*(.8+Math.random()*.4);
    let g,n=m;
    if(k){k.hidden=!1;k.addEventListener("click",()=>history.back())}
    if(e){
      const t=Date.parse(e.dateTime);
      e.textContent=new Date(t).toLocaleString(d.documentElement.lang,{dateStyle:"medium",timeStyle:"short"});
      setInterval(()=>{
        const s=Math.max(0,Math.ceil((t-z-Date.now())/1e3));
        q("#c").textContent="("+Math.floor(s/3600)+":"+p(Math.floor(s/60)%60)+":"+p(s%60)+")"
      },1e3)
    }
    const w=async()=>{
      if(!d.hidden)try{
        const r=await fetch(new URL("api/maintenance/status",u.href),{headers:g?{"If-None-Match":g}:{},cache:"no-store",credentials:"omit"});
        if(r.status==200){
          const s=await r.json(),l=s.blocked_operations;
          g=r.headers.get("etag");
          if(!s.is_active||s.test_mode||b.op!="admin_operations"&&!l.includes(b.op)){${whenOpen};return}
        }else if(r.status!=304)throw 0;
        n=m
      }catch{n=Math.min(n*2,12e4)}
      setTimeout(w,n)
    };
    setTimeout(w,n)
  })()`.replace(/\n\s*/g, '');
}

/** A script of the 503, and the source expression by which a Content-Security-Policy lets it run. */
interface AllowedScript {
  readonly text: string;
  readonly source: string;
}

/** Loads the page anew: only for a page that was asked for with GET, and whose loading changes nothing. */
export const COME_BACK: AllowedScript = {
  text: script('location.reload()'),
  source: "'sha256-NhnGLidbBi57Zg2TB0kV2EtHQyTRrYdDyEGzC6ZYbaM='",
};

/** Says that the service is available, and leaves it to the visitor to go on: nothing is ever sent twice. */
export const SAY_SO: AllowedScript = {
  text: script('o.textContent=o.dataset.text'),
  source: "'sha256-kBOYSk8da2hHg0MxOeYBWgX2ivSWyEjWRr3qmX/IWJo='",
};
