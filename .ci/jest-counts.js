// Prints "N passed, N failed, N skipped" from the report that `jest --json --outputFile=FILE` wrote.
const { readFileSync } = require('fs');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
console.log(`${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`);
