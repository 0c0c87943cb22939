#!/usr/bin/env node
import { runCli } from './cli.js';

const { code, output, error } = await runCli(process.argv.slice(2), process.env);
if (output) process.stdout.write(`${output}\n`);
if (error) process.stderr.write(`${error}\n`);
process.exitCode = code;
