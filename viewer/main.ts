import { wrap } from 'comlink';
import './style/index.css';
import type { Engine } from './engine/protocol.js';
import { boot } from './shell/boot.js';
import { startWorker } from './shell/start-worker.js';

await boot(wrap<Engine>(startWorker()));
