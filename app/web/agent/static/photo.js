// Photos and signatures, small enough to be sent from a slow place: a picture is drawn anew, upright
// and without what the camera wrote beside it.

const LONGEST = 1600;
const MOST = 1_000_000;

function blobOf(canvas, type, quality) {
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), type, quality);
  });
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** A photo as base64 of a JPEG of at most 1,600 pixels, and a small canvas to show. */
export async function photo(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = drawn(picture, share);
  let blob = await blobOf(canvas, "image/jpeg", 0.8);
  if (blob.size > MOST) blob = await blobOf(canvas, "image/jpeg", 0.5);
  const thumb = drawn(picture, Math.min(1, 160 / Math.max(picture.width, picture.height)));
  picture.close();
  return { content: await base64(blob), thumb };
}

function drawn(picture, share) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A signature's pad over a canvas that is on the screen. */
export async function pad(canvas) {
  const { default: SignaturePad } = await import("/static/vendor/signature_pad/signature_pad.min.js");
  canvas.width = canvas.clientWidth * 2;
  canvas.height = canvas.clientHeight * 2;
  canvas.getContext("2d").scale(2, 2);
  return new SignaturePad(canvas, { penColor: "#10151c", backgroundColor: "#ffffff" });
}

/** What was signed, as base64 of a PNG. */
export const signature = async (canvas) => base64(await blobOf(canvas, "image/png"));
