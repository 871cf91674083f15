// SPDX-License-Identifier: BSD-3-Clause
// Compares the exported models of ONNX with odetape, for each folder that `fixtures` has made, with the
// npm package onnxruntime-node.  Prints the largest difference of the logits as a part of the largest
// one, and fails above 1e-4.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

function readArray(file) {
  const bytes = fs.readFileSync(file);
  const end = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, end);
  const dims = header.match(/\(([^)]*)\)/)[1].split(',').filter((s) => s.trim()).map(Number);
  const data = bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length);
  const kinds = { '<f4': Float32Array, '<f8': Float64Array, '<i4': Int32Array };
  return { dims, data: new kinds[header.match(/'descr': '([^']*)'/)[1]](data) };
}

async function compare(folder) {
  const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'));
  const images = readArray(path.join(folder, 'images.npy'));
  const logits = readArray(path.join(folder, 'logits.npy'));
  const result = await session.run({ images: new ort.Tensor('float32', images.data, images.dims) });
  let largest = 0;
  let difference = 0;
  logits.data.forEach((x, i) => {
    largest = Math.max(largest, Math.abs(x));
    difference = Math.max(difference, Math.abs(x - result.logits.data[i]));
  });
  return result.logits.data.length === logits.data.length ? difference / largest : NaN;
}

async function main() {
  let wrong = 0;
  for (const name of fs.readdirSync(process.argv[2]).sort()) {
    const d = await compare(path.join(process.argv[2], name));
    console.log(name.padEnd(20), d.toExponential(1), d <= 1e-4 ? '' : 'WRONG');
    wrong += d <= 1e-4 ? 0 : 1;
  }
  process.exitCode = wrong ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
