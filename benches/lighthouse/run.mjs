// Lighthouse on a site that was built, served compressed as static hosts do:
//
//     npm ci --prefix benches/lighthouse
//     node benches/lighthouse/run.mjs [FOLDER [PATH…]]
//
// FOLDER is `public`, and the paths are the home page, a post with the most cells, a tag and the search. Each page is judged as on a
// telephone and as on a desk, three times; the best of the three counts, since whatever else the machine does takes away
// from performance and nothing adds to it. This is no test: what it prints is for people.

import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [folder = "public", ...asked] = process.argv.slice(2);
const RUNS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".xml": "application/xml" };

const read = (path) => readFileSync(join(folder, path.endsWith("/") ? path + "index.html" : path));
const text = (path) => read(path).toString();

// The site stands where its pages say that they are, since Lighthouse compares that.
const home = new URL(text("/").match(/<link rel="canonical" href="([^"]*)"/)[1]);
const prefix = home.pathname.replace(/\/$/, "");
const port = home.hostname === "localhost" ? Number(home.port || 80) : 4000;
const base = `http://localhost:${port}${prefix}`;

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, base).pathname);
  let status = 200;
  let file = path.slice(prefix.length);
  let body;
  try {
    body = read(path.startsWith(prefix + "/") ? file : "/404.html");
  } catch {
    [status, file, body] = [404, "/404.html", read("/404.html")];
  }
  const type = TYPES[extname(file) || ".html"];
  const headers = { "content-type": type ?? "application/octet-stream", "cache-control": "max-age=31536000" };
  // Everything that is text; pictures are compressed already.
  if (type) headers["content-encoding"] = "br";
  response.writeHead(status, headers).end(type ? brotliCompressSync(body) : body);
}).listen(port);

// A post and a tag that show the most.
const pages = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith("index.html")).map((file) => "/" + file.slice(0, -"index.html".length));
const most = (start, part) => pages.filter((path) => path.startsWith(start))
  .map((path) => [text(path).split(part).length, path]).sort(([one], [two]) => two - one)[0][1];
const paths = asked.length ? asked : ["/", most("/", '<figure class="cell'), most("/tags/", "<h2>"), "/search/"];

const chrome = await launch({ chromeFlags: ["--headless=new", "--no-sandbox"] });
console.log(`best of ${RUNS} runs: performance, accessibility, best practices, SEO; LCP and TBT in ms, CLS, kB over the network`);
for (const path of paths) {
  // Pages that ask search engines to pass them over cannot please them.
  const skipAudits = text(path).includes('content="noindex"') ? ["is-crawlable"] : [];
  for (const [device, config] of [["mobile", undefined], ["desktop", desktopConfig]]) {
    const scores = CATEGORIES.map(() => 0);
    const least = { "largest-contentful-paint": Infinity, "total-blocking-time": Infinity, "cumulative-layout-shift": Infinity, "total-byte-weight": Infinity };
    const missed = new Set();
    for (let run = 0; run < RUNS; run++) {
      const { lhr } = await lighthouse(base + path, { port: chrome.port, skipAudits, logLevel: "error" }, config);
      CATEGORIES.forEach((name, at) => { scores[at] = Math.max(scores[at], Math.round(100 * lhr.categories[name].score)); });
      for (const name in least) least[name] = Math.min(least[name], lhr.audits[name].numericValue);
      const counts = Object.values(lhr.categories).slice(1).flatMap(({ auditRefs }) => auditRefs).filter(({ weight }) => weight);
      for (const { id } of counts) if (lhr.audits[id].score !== null && lhr.audits[id].score < 1) missed.add(id);
    }
    const [lcp, tbt, cls, bytes] = Object.values(least);
    const note = [...skipAudits.map(() => "noindex"), ...missed].join(", ");
    console.log(`${path.padEnd(40)} ${device.padEnd(8)} ${scores.join("/").padEnd(16)} LCP ${lcp.toFixed(0)} TBT ${tbt.toFixed(0)} CLS ${cls.toFixed(3)} ${(bytes / 1000).toFixed(1)} kB ${note}`);
  }
}
await chrome.kill();
server.close();
server.closeAllConnections();
