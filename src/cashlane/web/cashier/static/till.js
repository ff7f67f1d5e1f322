// The till: who sits here, which screen is shown, where keys and scans go. Screens are objects with
// `name`, `draw()`, `keys()` (what the keys do now) and any of `enter(text)`, `scan(text)`, `key(code)`.

import { Catcher } from "./catcher.js";
import { h } from "./dom.js";
import { openJournal } from "./journal.js";
import { notice } from "./parts.js";
import { Basket } from "./screens/basket.js";
import { Enrol, NewPin, SignIn } from "./screens/doors.js";
import { Outcome } from "./screens/outcome.js";
import { Search } from "./screens/search.js";
import { Shift } from "./screens/shift.js";
import { Asker, told } from "./visits.js";
import { NoAnswer, Refusal, Wire } from "./wire.js";
import { say, WORDS } from "./words.js";

const SHUT_MS = 30_000; // a way that closes is told before the next citizen comes
const root = document.getElementById("till");

class App {
  constructor() {
    this.language = localStorage.getItem("language") === "en" ? "en" : "zh";
    this.seat = null;
    this.at = null;
    this.notice = null;
    this.shut = [];
    this.screen = { name: "door", draw: () => h("section", { class: "card" }, h("h1", {}, this.t("title")), notice(this)), keys: () => [] };
    this.busy = 0;
    this.wire = new Wire(() => this._ended());
    this.catcher = new Catcher(document, {
      change: () => this.typed(),
      enter: (text) => this.act(() => this.screen.enter?.(text.trim())),
      scan: (text) => this.act(() => this._scanned(text.trim())),
      key: (code) => this._key(code),
    });
  }

  t(name, places) {
    return say(WORDS[name], this.language, places);
  }

  tell(words) {
    return words[this.language];
  }

  /** Show a screen with an empty field. */
  show(screen) {
    this.screen = screen;
    this.catcher.clear();
    this.notice = null;
    this.draw();
  }

  /** Say something at the screen's foot: words in both languages. */
  note(words, kind = "wrong") {
    this.notice = { words, kind };
    this.draw();
  }

  typed() {
    this.notice = null;
    this.draw();
  }

  /** Do what a key asks, and say what came of it when it was refused. */
  async act(deed) {
    this.busy += 1;
    try {
      await deed();
    } catch (error) {
      if (error instanceof Refusal) this.note(error.sentence);
      else if (error instanceof NoAnswer) this.note(WORDS.noAnswer);
      else throw error;
    } finally {
      this.busy -= 1;
      this.draw();
    }
  }

  /** The open basket, which every finished act comes back to. */
  home() {
    this.show(this.basket);
  }

  async start() {
    try {
      this.journal = await openJournal();
    } catch {
      return this.note(WORDS.noJournal);
    }
    this.asker = new Asker(this.wire, this.journal, (visit) => this._learnt(visit));
    setInterval(() => this._tick(), 1000);
    return this.begin();
  }

  /** Find out which till this is and who sits here; show the right door or go to work. */
  async begin() {
    try {
      await this._enrolByAddress();
      const door = await this.wire.get("api/door");
      this.at = door.at;
      if (!door.seated) return this._door();
      this.seat = await this.wire.get("api/seat");
    } catch {
      setTimeout(() => this.begin(), 2000);
      return this.note(WORDS.offline);
    }
    this.wire.form = this.seat.form;
    if (this.seat.must_change) return this.show(new NewPin(this));
    return this._work();
  }

  /** An address may carry the till's secret behind its #, which no browser sends anywhere. */
  async _enrolByAddress() {
    const secret = location.hash.slice(1);
    if (secret === "") return;
    history.replaceState(null, "", location.pathname);
    await this.wire.post("api/till", { secret });
  }

  /** The right door; one that is shown already keeps what was typed into it. */
  _door() {
    this.seat = null;
    this.wire.form = "till";
    const Door = this.at === null ? Enrol : SignIn;
    if (!(this.screen instanceof Door)) this.show(new Door(this));
  }

  async _work() {
    this.clockAhead = Date.parse(this.seat.now) - Date.now();
    this.basket ??= await Basket.kept(this);
    await this.asker.resume();
    const left = this.asker.open().find((visit) => !visit.parked);
    if (left) this.show(new Outcome(this, left));
    else this.home();
    await this._finishActs();
    this._askShut();
  }

  /** What this counter cannot take just now; asked again while somebody sits here. */
  async _askShut() {
    clearTimeout(this._nextShut);
    if (this.seat === null) return;
    try {
      const shut = await this.wire.get(`api/shut/${this.seat.at.outlet}`);
      const changed = JSON.stringify(shut) !== JSON.stringify(this.shut);
      this.shut = shut;
      if (changed) this.draw();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof NoAnswer)) throw error;
    }
    this._nextShut = setTimeout(() => this._askShut(), SHUT_MS);
  }

  /** Acts that were asked for when the power went: the same keys again. */
  async _finishActs() {
    for (const act of await this.journal.all("acts")) await this.act(() => this.undo(act));
  }

  /** Void a payment, or note cash or slip handed over: written down first, then asked for. */
  async undo(act) {
    await this.journal.put("acts", act);
    try {
      const answer = await this.wire.post(`api/payments/${act.payment}/${act.act}`, undefined, act.id);
      await this.journal.remove("acts", act.id);
      return answer;
    } catch (error) {
      const decided = error instanceof Refusal && error.status !== 401 && error.status !== 429 && error.status < 500;
      if (decided) await this.journal.remove("acts", act.id);
      throw error;
    }
  }

  /** The session is over: back to the door, whatever was on the screen; visits go on by themselves. */
  _ended() {
    if (this.seat === null) return;
    queueMicrotask(() => {
      this._door();
      this.begin();
    });
  }

  _learnt(visit) {
    if (this.screen.visit === visit && told(visit)) document.getElementById("say").textContent = this.screen.spoken();
    this.draw();
  }

  _tick() {
    const clock = root.querySelector(".clock");
    if (clock) clock.textContent = this.now();
    const late = this.asker.open().some((visit) => visit === this.screen.visit);
    const link = root.querySelector(".link");
    if (late || (link && link.dataset.reached !== String(this.wire.reached))) this.draw();
  }

  now() {
    const moment = new Date(Date.now() + (this.clockAhead ?? 0));
    return moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  }

  _scanned(text) {
    if (this.seat === null || this.seat.must_change) return this.screen.enter?.(text);
    const check = /\/check\/([0-9A-Za-z-]+)/.exec(text);
    if (check) return Search.open(this, check[1]);
    return this.screen.scan ? this.screen.scan(text) : this.basket.scan(text);
  }

  _key(code) {
    const key = this._keys().find((one) => one.code === code);
    if (key) this.act(key.act);
    return key !== undefined;
  }

  _keys() {
    const always = [{ code: "F9", name: this.t("language"), act: () => this.speak() }];
    return this.seat === null || this.seat.must_change ? [...this.screen.keys(), ...always] : [...this.screen.keys(), ...this._ways(), ...always];
  }

  /** The ways from one screen to another; none leads away from cash on the counter. */
  _ways() {
    if (this.screen.holds?.()) return [];
    const waiting = this.asker.open();
    return [
      { code: "F2", name: this.t("home"), act: () => this.home() },
      { code: "F3", name: this.t("search"), act: () => Search.open(this, "") },
      { code: "F4", name: this.t("shift"), act: () => Shift.open(this) },
      ...(waiting.length ? [{ code: "F6", name: this.t("waiting", { n: waiting.length }), act: () => this.show(new Outcome(this, waiting[0])) }] : []),
      { code: "F10", name: this.t("signOut"), act: () => this._leave() },
    ].filter((way) => !(way.code === "F2" && this.screen === this.basket));
  }

  async _leave() {
    const open = this.asker.open().length;
    if (open > 0) return this.note({ zh: say(WORDS.unsynced, "zh", { n: open }), en: say(WORDS.unsynced, "en", { n: open }) });
    await this.wire.post("api/seat/end", {});
    return this._door();
  }

  speak() {
    this.language = this.language === "zh" ? "en" : "zh";
    localStorage.setItem("language", this.language);
  }

  draw() {
    document.documentElement.lang = this.language === "zh" ? "zh-CN" : "en";
    document.title = this.t("title");
    root.replaceChildren(this._top(), h("main", { class: this.screen.name }, this.screen.draw()), this._foot());
    root.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
    root.focus({ preventScroll: true });
  }

  _top() {
    const who = this.seat === null ? null : h("span", { class: "who" }, this.seat.login);
    const place = this.at === null ? null : h("span", { class: "place" }, this.tell(this.at.outlet_name), h("small", {}, `${this.at.outlet} · ${this.t("till")} ${this.at.till}`));
    return h("header", { class: "top" },
      h("img", { src: "/till/static/mark.svg", alt: "", width: "34", height: "34" }), place,
      h("span", { class: `link ${this.wire.reached ? "on" : "off"}`, "data-reached": String(this.wire.reached) }, this.t(this.wire.reached ? "online" : "offline")),
      who, this.seat === null ? null : h("time", { class: "clock" }, this.now()));
  }

  _foot() {
    return h("footer", { class: "foot" }, this._keys().map((key) =>
      h("button", { type: "button", tabindex: "-1", class: key.main ? "main" : null, onclick: () => this.act(key.act) },
        h("kbd", {}, KEY_NAMES[key.code] ?? key.code), key.name)));
  }
}

const KEY_NAMES = { Escape: "Esc", Delete: "Del", ArrowUp: "↑", ArrowDown: "↓" };

const app = new App();
addEventListener("click", () => root.focus({ preventScroll: true }));
addEventListener("focus", () => root.focus({ preventScroll: true }));
addEventListener("hashchange", () => app.seat === null && app.begin());
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/till/service.js", { scope: "/till/" }).catch(() => {});
app.start();
