import { isSchedule } from '../../src/zookeeper/schedule';

test.each(['17 3 * * *', '0 */6 * * *', '0,30 8-18/2 1 jan-mar MON-FRI', '* * ? * *', '5/15 * * * 0', '@daily'])('%s is taken', schedule => {
  expect(isSchedule(schedule)).toBe(true);
});

test.each(['', 'every night', '61 3 * * *', '0 24 * * *', '0 0 0 * *', '0 0 * 13 *', '0 0 * * 7', '0,, * * * *', '- * * * *', 'a b c d e', '5-1 * * * *', '*/0 * * * *', '* * * *',
  '* * * * * *', '*  * * * *', '@often', '@reboot'])('%j is refused', schedule => {
  expect(isSchedule(schedule)).toBe(false);
});
