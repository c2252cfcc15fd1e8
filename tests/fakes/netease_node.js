// The real npm package in front of a fake NetEase on this machine, for tests:
//   node netease_node.js FOLDER_OF_THE_PACKAGE http://127.0.0.1:PORT
// Prints "ready PORT". Its app.js is not used: that one calls NetEase before it serves anybody.
// TMPDIR must be a folder of the test, where the package keeps the token of a guest.
const fs = require('fs')
const net = require('net')
const os = require('os')
const path = require('path')

const [folder, upstream] = process.argv.slice(2)

// Nothing leaves this machine, whatever the package does; and if it tries, the test hears of it.
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...words) {
  const first = Array.isArray(words[0]) ? words[0][0] : words[0]
  const host = typeof first === 'object' ? first.host : words[1]
  if (typeof first === 'object' && first.path === undefined && host !== '127.0.0.1') {
    console.error(`egress ${host}`)
    throw new Error(`Tests are offline, but the package asked for ${host}.`)
  }
  return connect.apply(this, words)
}

fs.writeFileSync(path.join(os.tmpdir(), 'anonymous_token'), '')
global.deviceId = 'TEST'
global.cnIp = '127.0.0.1'

const { APP_CONF } = require(path.join(folder, 'util', 'config.json'))
for (const name of Object.keys(APP_CONF)) {
  if (String(APP_CONF[name]).startsWith('https://')) APP_CONF[name] = upstream
}

// What is sent is encrypted as ever; what was encrypted goes beside it, for the fake to read.
const crypto = require(path.join(folder, 'util', 'crypto'))
for (const way of ['weapi', 'eapi']) {
  const encrypt = crypto[way]
  crypto[way] = (...words) => {
    const plain = JSON.stringify(words[words.length - 1])
    return { ...encrypt(...words), plain }
  }
}

const { serveNcmApi } = require(path.join(folder, 'server.js'))
const probe = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = probe.address()
  probe.close(async () => {
    const app = await serveNcmApi({ port, host: '127.0.0.1', checkVersion: false })
    app.server.on('listening', () => console.log(`ready ${port}`))
    if (app.server.listening) console.log(`ready ${port}`)
  })
})
process.stdin.on('end', () => process.exit(0)).resume() // ends with the test
