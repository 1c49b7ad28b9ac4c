import { ContainerImage, ContainerImageOptions } from '../../src';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

test('every option has its effect', () => {
  const options: Required<ContainerImageOptions> = { tag: '11.0.0', digest: DIGEST };
  expect(ContainerImage.of('quay.io/zuul-ci/nodepool-launcher', options).toString()).toBe(`quay.io/zuul-ci/nodepool-launcher:11.0.0@${DIGEST}`);
});

test.each(['quay.io/a/b:1', `quay.io/a/b@${DIGEST}`, `registry:5000/b:1@${DIGEST}`, 'busybox:1.36', 'localhost:5000/a/b:v1_2-3'])('%s stays as it was given', reference => {
  expect(ContainerImage.parse(reference).toString()).toBe(reference);
});

test('the colon of a registry\'s port begins no tag', () => {
  const { repository, tag } = ContainerImage.parse('registry:5000/nodepool:11');
  expect([repository, tag]).toEqual(['registry:5000/nodepool', '11']);
});

test.each([
  ['quay.io/a/b:1', 'mirror.example.com/a/b:1'],
  ['localhost/a/b:1', 'mirror.example.com/a/b:1'],
  ['registry:5000/b:1', 'mirror.example.com/b:1'],
  ['library/busybox:1', 'mirror.example.com/library/busybox:1'],
  ['busybox:1', 'mirror.example.com/busybox:1'],
  [`quay.io/a/b@${DIGEST}`, `mirror.example.com/a/b@${DIGEST}`],
])('the mirror of %s is %s', (reference, expected) => {
  expect(ContainerImage.parse(reference).fromMirror('mirror.example.com/').toString()).toBe(expected);
});

test.each([
  ['quay.io/a/b', 'image "quay.io/a/b" needs a tag or a digest: without one the cluster runs whatever is newest'],
  ['quay.io/a/b:latest', 'image "quay.io/a/b": tag "latest" is refused'],
  [`quay.io/a/b:latest@${DIGEST}`, 'tag "latest" is refused'],
  ['quay.io/a/b:', 'a tag is at most 128 letters'],
  ['quay.io/a/b:-x', 'a tag is at most 128 letters'],
  ['quay.io/a/b@sha256:123', 'a digest is "sha256:" and 64 hex digits, got "sha256:123"'],
  ['https://quay.io/a/b:1', "an image's repository is registry/path, the path in lower case, such as"],
  ['quay.io/A/b c:1', "an image's repository is registry/path"],
  ['quay.io/Zuul-CI/nodepool:1', "an image's repository is registry/path"],
  ['', "an image's repository is registry/path"],
])('fails for %j', (reference, message) => {
  expect(() => ContainerImage.parse(reference)).toThrow(message);
});

test.each([undefined, null, {}])('fails when the reference is %p', reference => {
  expect(() => ContainerImage.parse(reference as any)).toThrow("an image's repository is registry/path");
});
