// The one place where keys arrive, whichever screen is shown. It reads `event.code`, the key's
// place, so that an input method for Chinese changes nothing; and it tells a scanner's burst from
// a person's typing, so that a bill can be scanned at any moment.

const SCAN_GAP_MS = 60; // a scanner sends a key every 1 to 20 ms, a fast typist every 90
const HICCUP_MS = 500; // a pause of a busy machine in the middle of a scanner's burst
const FAST_LEAST = 3; // letters without a pause that only a scanner sends
const SCAN_LEAST = 10; // shorter bursts are somebody drumming on the keys
const TEXT_MOST = 400;

const SHIFTED_DIGITS = ")!@#$%^&*(";
const SIGNS = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|",
  Semicolon: ";:", Quote: "'\"", Backquote: "`~", Comma: ",<", Period: ".>", Slash: "/?",
  Space: "  ", NumpadDecimal: "..", NumpadSubtract: "--", NumpadAdd: "++", NumpadDivide: "//",
};

/** The letter at a key's place on a US keyboard, which scanners pretend to be; null for others. */
export function letterOf(event) {
  const { code } = event;
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return event.ctrlKey && code === "BracketRight" ? "\x1d" : null; // a scanner's group separator
  }
  const digit = /^(Digit|Numpad)(\d)$/.exec(code);
  if (digit) return event.shiftKey && digit[1] === "Digit" ? SHIFTED_DIGITS[digit[2]] : digit[2];
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter) {
    // The place says which letter; only its case is taken from the key's own word, where it has one.
    const known = event.key.toUpperCase() === letter[1];
    const upper = known ? event.key === letter[1] : event.shiftKey;
    return upper ? letter[1] : letter[1].toLowerCase();
  }
  if (code in SIGNS && SIGNS[code].includes(event.key)) return event.key;
  return SIGNS[code]?.[event.shiftKey ? 1 : 0] ?? null;
}

/** Collects what is typed into `text`; calls on.change, on.enter(text), on.scan(text), on.key(code). */
export class Catcher {
  constructor(target, on) {
    this.text = "";
    this._on = on;
    this._run = ""; // letters that came without a pause
    this._before = ""; // the text before them
    this._last = -Infinity;
    target.addEventListener("keydown", (event) => this._down(event));
    target.addEventListener("paste", (event) => this._paste(event));
  }

  /** Begin a new field. */
  clear() {
    this.text = "";
    this._run = "";
  }

  _down(event) {
    const letter = letterOf(event);
    if (letter !== null) return this._letter(event, letter);
    if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
    if (event.code === "Enter" || event.code === "NumpadEnter") return this._enter(event);
    if (event.code === "Backspace") return this._back(event);
    if (this._on.key(event.code)) event.preventDefault();
    return undefined;
  }

  _letter(event, letter) {
    event.preventDefault();
    if (event.repeat && this.text.length > 20) return;
    const gap = event.timeStamp - this._last;
    const hiccup = this._run.length >= FAST_LEAST && gap <= HICCUP_MS;
    if (gap > SCAN_GAP_MS && !hiccup) {
      this._run = "";
      this._before = this.text;
    }
    this._last = event.timeStamp;
    this._run = event.repeat ? "" : this._run + letter; // a key that is held down is no scanner
    this.text = (this.text + letter).slice(0, TEXT_MOST);
    this._on.change();
  }

  _enter(event) {
    event.preventDefault();
    if (event.repeat) return;
    const scanned = this._run.length >= SCAN_LEAST && event.timeStamp - this._last <= HICCUP_MS;
    const text = scanned ? this._run : this.text;
    if (scanned) this.text = this._before;
    this._run = "";
    if (scanned) this._on.scan(text);
    else this._on.enter(text);
  }

  _back(event) {
    event.preventDefault();
    this.text = this.text.slice(0, -1);
    this._run = "";
    this._on.change();
  }

  _paste(event) {
    event.preventDefault();
    const text = event.clipboardData?.getData("text") ?? "";
    this.text = (this.text + text.trim()).slice(0, TEXT_MOST);
    this._on.change();
  }
}
