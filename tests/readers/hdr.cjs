// node hdr.cjs FILE.hlog [TAG]: how many values each tag of an interval log has, their greatest and their mean, as JSON;
// with a tag its percentiles in milliseconds, as HdrHistogram prints them.
const fs = require('fs');
const hdr = require('hdr-histogram-js');

const [file, tag] = process.argv.slice(2);
const reader = new hdr.HistogramLogReader(fs.readFileSync(file, 'utf8'));
const sums = {};
for (let one = reader.nextIntervalHistogram(); one; one = reader.nextIntervalHistogram()) {
  sums[one.tag] ??= hdr.build({ bitBucketSize: 64, highestTrackableValue: 2 ** 48 - 1, numberOfSignificantValueDigits: 3 });
  sums[one.tag].add(one);
}
if (tag) {
  process.stdout.write(sums[tag].outputPercentileDistribution(5, 1e6));
} else {
  const figures = Object.entries(sums).map(([name, sum]) => [
    name, { count: sum.getTotalCount(), max: sum.maxValue, mean: sum.getMean() },
  ]);
  console.log(JSON.stringify({ start_s: reader.startTimeSec, tags: Object.fromEntries(figures) }));
}
