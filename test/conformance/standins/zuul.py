#!/usr/bin/env python3
"""Plays Zuul: asks for nodes, holds them as for a job and gives them back, with Nodepool's own models of what lies in ZooKeeper.

    python zuul.py [--zookeeper HOST:PORT[/CHROOT]] [--tls DIR] COMMAND ...

    request LABEL... [--timeout 120]  asks for a set of nodes and takes them: each is locked and in use, until it is released
    release NODE_ID [--timeout 120]   gives a node back, and waits until the launcher has deleted it; not so with 0
    build IMAGE                       asks for a build; Nodepool's own command reads nodepool.yaml for that, which may be broken
    nodes | requests | images         what there is
    kubeconfig NODE_ID                what Zuul's executors make of the node's credentials
    rights NODE_ID NAMESPACE...       all that these credentials allow, in the cluster as a whole and in the namespaces: asked for every verb
                                      and every resource that the cluster has
    leaks                             what nobody should have left behind: requests, locks, nodes, builds and uploads that are not ready or failed

Prints JSON; the exit code is 1 where a request was not fulfilled or a node did not go. DIR holds ca.crt, tls.crt and tls.key.
Needs a Python with Nodepool 11 (ZOOKEEPER and ZOOKEEPER_TLS in the environment set the two options too).
"""

import argparse
import base64
import concurrent.futures
import http.client
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

from kazoo.exceptions import ConnectionClosedError, ConnectionLoss, NoNodeError
from nodepool.zk import ZooKeeperClient, zookeeper as zk

REQUESTOR = 'conformance'
VERBS = ('create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch', 'bind', 'escalate', 'impersonate')


class Zuul:
    """A session with ZooKeeper."""

    def __init__(self, hosts, tls):
        path = {name: os.path.join(tls, name) for name in ('ca.crt', 'tls.crt', 'tls.key')}
        for attempt in range(5):
            self.client = ZooKeeperClient(hosts, tls_ca=path['ca.crt'], tls_cert=path['tls.crt'], tls_key=path['tls.key'])
            self.client.connect()
            try:
                self.zk = zk.ZooKeeper(self.client, enable_cache=False)
                return
            except (ConnectionLoss, ConnectionClosedError):
                # kazoo closes itself at once where looking up names took a second; see docs/operations.md. Another client does not.
                if attempt == 4:
                    raise

    def close(self):
        self.client.disconnect()

    def request(self, labels, timeout):
        request = zk.NodeRequest()
        request.state = zk.REQUESTED
        request.node_types = list(labels)
        request.requestor = REQUESTOR
        request.tenant_name = REQUESTOR
        request.created_time = begun = time.time()
        self.zk.storeNodeRequest(request, priority='200')
        while request.state not in (zk.FULFILLED, zk.FAILED) and time.time() - begun < timeout:
            time.sleep(0.1)
            try:
                self.zk.updateNodeRequest(request)
            except ConnectionLoss:
                # A member went away with the question: Zuul asks another one, in the same session.
                continue
        seconds = round(time.time() - begun, 1)
        nodes = [self.take(node) for node in request.nodes] if request.state == zk.FULFILLED else []
        self.zk.deleteNodeRequest(request)
        return {'id': request.id, 'state': request.state, 'seconds': seconds, 'declined_by': request.declined_by, 'nodes': nodes}

    def take(self, node_id):
        """As Zuul does when a job begins; the lock outlives this process."""
        node = self.zk.getNode(node_id)
        self.zk.lockNode(node, timeout=30, ephemeral=False, identifier=REQUESTOR)
        node.state = zk.IN_USE
        self.zk.storeNode(node)
        return described(node)

    def release(self, node_id, timeout):
        node = self.zk.getNode(node_id)
        if node is None:
            return {'id': node_id, 'gone': True, 'seconds': 0}
        node.state = zk.USED
        self.zk.storeNode(node)
        self.zk.forceUnlockNode(node)
        if not timeout:
            return {'id': node_id}
        begun = time.time()
        while self.zk.getNode(node_id) and time.time() - begun < timeout:
            time.sleep(0.2)
        return {'id': node_id, 'gone': self.zk.getNode(node_id) is None, 'seconds': round(time.time() - begun, 1)}

    def build(self, image):
        self.zk.submitBuildRequest(image)
        return {'image': image}

    def nodes(self):
        return [dict(described(node), lock=self.zk.getNodeLockContenders(node)) for node in self.zk.nodeIterator(cached=False)]

    def requests(self):
        return [dict(request.toDict(), id=request.id) for request in self.zk.nodeRequestIterator(cached=False)]

    def images(self):
        builds = []
        for image in self.zk.getImageNames():
            for build in self.zk.getBuilds(image):
                builds.append(dict(build.toDict(), image=image, id=build.id, uploads=[
                    dict(upload.toDict(), id=upload.id, provider=provider)
                    for provider in self.zk.getBuildProviders(image, build.id)
                    for upload in self.zk.getUploads(image, build.id, provider)]))
        return builds

    def kubeconfig(self, node_id):
        """As zuul/executor/server.py writes it."""
        port = self.zk.getNode(node_id).connection_port
        cluster = {'server': port['host']}
        if port.get('ca_crt'):
            cluster['certificate-authority-data'] = port['ca_crt']
        if port['skiptls']:
            cluster['insecure-skip-tls-verify'] = True
        name = port['namespace']
        return {
            'apiVersion': 'v1', 'kind': 'Config', 'preferences': {}, 'current-context': name,
            'clusters': [{'name': name, 'cluster': cluster}], 'users': [{'name': name, 'user': {'token': port['token']}}],
            'contexts': [{'name': name, 'context': {'cluster': name, 'user': name, 'namespace': name}}],
        }

    def rights(self, node_id, namespaces):
        port = self.zk.getNode(node_id).connection_port
        context = ssl.create_default_context(cadata=base64.b64decode(port['ca_crt']).decode())
        headers = {'Authorization': 'Bearer ' + port['token'], 'Content-Type': 'application/json'}
        own = threading.local()

        def call(path, body=None):
            if not hasattr(own, 'connection'):
                own.connection = http.client.HTTPSConnection(urllib.parse.urlsplit(port['host']).netloc, context=context, timeout=30)
            own.connection.request('POST' if body else 'GET', path, body and json.dumps(body), headers)
            answer = own.connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise RuntimeError('{} {}: {}'.format(answer.status, path, text))
            return json.loads(text)

        def resources():
            yield from (('', resource) for resource in call('/api/v1')['resources'])
            for group in call('/apis')['groups']:
                for version in group['versions']:
                    yield from ((group['name'], resource) for resource in call('/apis/' + version['groupVersion'])['resources'])

        def allowed(question):
            namespace, group, resource, verb = question
            name, _, sub = resource.partition('/')
            attributes = {'namespace': namespace, 'group': group, 'resource': name, 'subresource': sub, 'verb': verb}
            review = {'apiVersion': 'authorization.k8s.io/v1', 'kind': 'SelfSubjectAccessReview', 'spec': {'resourceAttributes': attributes}}
            return call('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)['status']['allowed']

        # cluster-scoped ones are asked about once, the others in each namespace; in '' they mean all namespaces
        known = sorted({(group, resource['name'], resource['namespaced']) for group, resource in resources()})
        questions = [(namespace, group, name, verb) for group, name, namespaced in known for verb in VERBS
                     for namespace in ([''] + namespaces if namespaced else [''])]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(allowed, questions))
        found = [question for question, answer in zip(questions, answers) if answer]
        return {'asked': len(questions), 'allowed': [
            ' '.join([namespace or '*', resource + ('.' + group if group else ''), verb]) for namespace, group, resource, verb in found]}

    def leaks(self):
        builds = self.images()
        return {
            'requests': self.requests(),
            'request_locks': [lock for lock in self.zk.getNodeRequestLockIDs() if self.children(zk.ZooKeeper.REQUEST_LOCK_ROOT + '/' + lock)],
            'nodes': self.nodes(),
            'builds': [build for build in builds if build['state'] not in (zk.READY, zk.FAILED)],
            # a failed upload is the record of a try, which the builder's cleanup takes away
            'uploads': [upload for build in builds for upload in build['uploads'] if upload['state'] not in (zk.READY, zk.FAILED)],
        }

    def children(self, path):
        try:
            return self.client.client.get_children(path)
        except NoNodeError:
            return []


def described(node):
    return dict(node.toDict(), id=node.id)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--zookeeper', default=os.environ.get('ZOOKEEPER', 'zookeeper.zuul.svc:2281'), help='default: %(default)s')
    parser.add_argument('--tls', default=os.environ.get('ZOOKEEPER_TLS', '/tls/client'), help='default: %(default)s')
    commands = parser.add_subparsers(dest='command', required=True)
    for name, argument in (('request', 'labels'), ('release', 'node_id')):
        command = commands.add_parser(name)
        command.add_argument(argument, nargs='+' if argument == 'labels' else None)
        command.add_argument('--timeout', type=float, default=120)
    commands.add_parser('kubeconfig').add_argument('node_id')
    commands.add_parser('build').add_argument('image')
    rights = commands.add_parser('rights')
    rights.add_argument('node_id')
    rights.add_argument('namespaces', nargs='*')
    for name in ('nodes', 'requests', 'images', 'leaks'):
        commands.add_parser(name)
    options = vars(parser.parse_args())
    zuul = Zuul(options.pop('zookeeper'), options.pop('tls'))
    result = getattr(zuul, options.pop('command'))(**options)
    zuul.close()
    print(json.dumps(result, indent=2, sort_keys=True))
    return 1 if isinstance(result, dict) and (result.get('state', zk.FULFILLED) != zk.FULFILLED or not result.get('gone', True)) else 0


if __name__ == '__main__':
    sys.exit(main())
