// Speaking instead of writing: records into the form's own file field, so that sending stays a form.
// Without a microphone, or without this script, the file field is there as it was.

const MOST_SECONDS = 60;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const speak = document.getElementById("speak");
const input = document.getElementById("audio");
const box = speak.querySelector(".recorder");
const [record, remove, time, halt, player, status] = [
  ".record", ".remove", ".time", ".halt", "audio", ".status",
].map((part) => box.querySelector(part));

let recorder = null;
let heard = "";

function show(state) {
  record.hidden = state === "recording";
  remove.hidden = state !== "recorded";
  time.hidden = halt.hidden = state !== "recording";
  player.hidden = state !== "recorded";
  const words = state === "recorded" ? speak.dataset.again : speak.dataset.record;
  record.querySelector(".words").textContent = words;
}

function say(text) {
  status.textContent = text;
}

function put(blob) {
  const files = new DataTransfer();
  const ending = blob.type.includes("mp4") ? "mp4" : blob.type.includes("ogg") ? "ogg" : "webm";
  files.items.add(new File([blob], `answer.${ending}`, { type: blob.type }));
  input.files = files.files;
  if (heard) URL.revokeObjectURL(heard);
  heard = URL.createObjectURL(blob);
  player.src = heard;
}

async function start() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    box.hidden = true;
    speak.querySelector(".file").hidden = false;
    speak.append(status);
    say(speak.dataset.refused);
    return;
  }
  const parts = [];
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 48000 });
  recorder.ondataavailable = (event) => parts.push(event.data);
  const began = performance.now();
  time.textContent = "0:00";
  const ticking = setInterval(() => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= MOST_SECONDS) stop();
  }, 250);
  recorder.onstop = () => {
    clearInterval(ticking);
    for (const track of stream.getTracks()) track.stop();
    put(new Blob(parts, { type: recorder.mimeType }));
    recorder = null;
    show("recorded");
    say(speak.dataset.recorded);
    record.focus();
  };
  recorder.start();
  show("recording");
  say(speak.dataset.recording);
  halt.focus();
}

function stop() {
  if (recorder?.state === "recording") recorder.stop();
}

function discard() {
  input.value = "";
  player.removeAttribute("src");
  show("ready");
  say(speak.dataset.removed);
  record.focus();
}

if (globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia && globalThis.DataTransfer) {
  speak.querySelector(".file").hidden = true;
  box.hidden = false;
  show("ready");
  record.addEventListener("click", start);
  halt.addEventListener("click", stop);
  remove.addEventListener("click", discard);
}

// Asked for here, for sending a form in vain would lose what was recorded.
const day = document.getElementById("day");
const needDay = () => { day.required = document.querySelector("[value=another_day]").checked; };
document.getElementById("choice").addEventListener("change", needDay);
needDay();

// A second tap while the first is on its way would only make people wonder.
const send = document.querySelector(".send");
let finishing = false;
document.getElementById("answer").addEventListener("submit", (event) => {
  if (send.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    return;
  }
  if (recorder && !finishing) {
    // Sent while still speaking: what was said until now belongs to it.
    event.preventDefault();
    finishing = true;
    recorder.addEventListener("stop", () => setTimeout(() => event.target.requestSubmit(), 0));
    stop();
    return;
  }
  send.setAttribute("aria-disabled", "true");
  send.textContent = send.dataset.sending;
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
