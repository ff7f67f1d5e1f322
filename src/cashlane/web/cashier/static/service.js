// Keeps the page itself at hand, so that a till that is switched on without a line can still show
// what it holds. Answers about money are never kept: only the page and its files are.

const KEPT = "cashlane-till-page";
const PAGE = /^\/(till\/$|till\/static\/|shared\/)/;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepAll());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method === "GET" && origin === self.location.origin && PAGE.test(pathname)) {
    event.respondWith(newestOrKept(event.request));
  }
});

/** The page and all its files, so that the first start without a line finds them. */
async function keepAll() {
  const files = await (await fetch("/till/files", { cache: "no-store" })).json();
  await (await caches.open(KEPT)).addAll(files);
}

/** The server's, kept for later; without a line the one that was kept. */
async function newestOrKept(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (error) {
    const found = await kept.match(request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}
