// What a compiled network says of itself, for scripts/build_explorer.sh: node describe.js MODULE.wasm
const fs = require("fs"), path = require("path");
require(path.join(__dirname, "page/network.js"));

Network.from(new WebAssembly.Module(fs.readFileSync(process.argv[2]))).then(network => {
  const {values, parameters} = network;
  console.log(JSON.stringify({values, parameters: parameters.map(({name, shape}) => ({name, shape}))}));
});
