#!/usr/bin/env python3
"""Plays an OpenStack cloud: the calls of keystone, nova, glance, neutron and cinder that Nodepool's driver makes, kept in memory.

    python3 openstack.py [--port 5000] [--dead-port 5001] [--server-address HOST] [--boot-seconds 1]

auth_url is http://HOST:PORT/identity/v3; any user and password will do. Servers are ACTIVE after --boot-seconds and have the
address of --server-address, which should answer on port 22: Nodepool scans the host keys there.

For whoever tests with it: GET /_state says what there is and what was called; POST /_control changes how it behaves,
{"boot_seconds": 60} for slow servers, {"delay": 5} for slow answers, {"broken": ["compute"]} for services that answer 503.

Behind --dead-port is a cloud that is dead: it takes a connection and hangs up after three seconds, as long as a network needs to say that nobody is
there; after {"second": "silent"} it never answers, until it is {"second": "gone"} again. "held" in /_state is how many wait for it.
"""

import argparse
import collections
import hashlib
import json
import re
import socket
import socketserver
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROJECT = 'c0' * 16
NETWORK = 'network-1'
FLAVORS = [('small', 1, 1024), ('large', 4, 8192)]


def now(offset=0):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + offset))


class Cloud:
    """What the cloud holds, and how it behaves."""

    def __init__(self, server_address, boot_seconds):
        self.lock = threading.Lock()
        self.server_address = server_address
        self.settings = {'boot_seconds': boot_seconds, 'delay': 0, 'broken': [], 'second': 'gone'}
        self.held = 0
        self.servers = {}
        # an image that the cloud itself offers
        self.images = {'debian-12': {'id': 'debian-12', 'name': 'debian-12', 'status': 'active', 'size': 1, 'disk_format': 'qcow2',
                                     'container_format': 'bare', 'visibility': 'public', 'min_disk': 0, 'min_ram': 0, 'tags': []}}
        self.calls = collections.Counter()

    def state(self):
        return {
            'servers': [self.server(server) for server in self.servers.values()],
            'images': list(self.images.values()), 'calls': dict(self.calls), 'settings': self.settings, 'held': self.held,
        }

    def server(self, server):
        """A server as nova tells of it: it takes a moment to boot."""
        active = time.time() >= server['boots_until']
        address = {'addr': server['address'], 'version': 4, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': '02:00:00:00:00:01'}
        return {
            'id': server['id'], 'name': server['name'], 'metadata': server['metadata'], 'key_name': server['key_name'],
            'status': 'ACTIVE' if active else 'BUILD', 'created': server['created'], 'updated': server['created'],
            'addresses': {'public': [address]} if active else {}, 'accessIPv4': '', 'accessIPv6': '',
            'image': {'id': server['image']}, 'flavor': {'id': server['flavor']}, 'hostId': 'hypervisor-1',
            'OS-EXT-AZ:availability_zone': 'zone-1', 'os-extended-volumes:volumes_attached': [], 'security_groups': [],
            'tenant_id': PROJECT, 'user_id': 'zuul', 'links': [],
        }


ROUTES = []


def route(method, pattern, status=200):
    """The decorated method answers the calls whose path matches; what it returns is the body."""
    def add(function):
        ROUTES.append((method, re.compile(pattern + '/?$'), status, function))
        return function
    return add


class NotFound(Exception):
    """What was asked for is not there."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    cloud = None

    # -- keystone -----------------------------------------------------------------------------------------------------

    @route('GET', '/identity(?:/v3)?')
    def identity(self):
        return {'version': {'id': 'v3.14', 'status': 'stable', 'links': [{'rel': 'self', 'href': self.url('/identity/v3/')}]}}

    @route('POST', '/identity/v3/auth/tokens', 201)
    def token(self):
        def service(kind, name, path):
            endpoint = {'interface': 'public', 'region': 'region-1', 'region_id': 'region-1', 'url': self.url(path), 'id': name}
            return {'type': kind, 'name': name, 'id': name, 'endpoints': [endpoint]}
        self.extra_headers['X-Subject-Token'] = uuid.uuid4().hex
        domain = {'id': 'default', 'name': 'Default'}
        return {'token': {
            'methods': ['password'], 'issued_at': now(), 'expires_at': now(3600), 'roles': [{'id': 'member', 'name': 'member'}],
            'user': {'id': 'zuul', 'name': 'zuul', 'domain': domain},
            'project': {'id': PROJECT, 'name': 'zuul', 'domain': domain},
            'catalog': [service('identity', 'keystone', '/identity'), service('compute', 'nova', '/compute/v2.1'),
                        service('image', 'glance', '/image'), service('network', 'neutron', '/network'),
                        service('block-storage', 'cinder', '/volume/v3')],
        }}

    # -- nova ---------------------------------------------------------------------------------------------------------

    @route('GET', '/compute/v2.1')
    def compute(self):
        return {'version': {'id': 'v2.1', 'status': 'CURRENT', 'version': '2.1', 'min_version': '2.1',
                            'links': [{'rel': 'self', 'href': self.url('/compute/v2.1/')}]}}

    @route('GET', '/compute/v2.1/limits')
    def limits(self):
        unlimited = ('maxTotalInstances', 'maxTotalCores', 'maxTotalRAMSize', 'maxServerMeta', 'maxTotalKeypairs')
        used = {'totalInstancesUsed': len(self.cloud.servers), 'totalCoresUsed': 0, 'totalRAMUsed': 0}
        return {'limits': {'rate': [], 'absolute': dict({name: -1 for name in unlimited}, **used)}}

    @route('GET', '/compute/v2.1/flavors/detail')
    def flavors(self):
        return {'flavors': [{'id': name, 'name': name, 'vcpus': vcpus, 'ram': ram, 'disk': 10, 'swap': '', 'links': [],
                             'OS-FLV-EXT-DATA:ephemeral': 0, 'OS-FLV-DISABLED:disabled': False, 'rxtx_factor': 1.0,
                             'os-flavor-access:is_public': True} for name, vcpus, ram in FLAVORS]}

    @route('GET', '/compute/v2.1/os-availability-zone')
    def zones(self):
        return {'availabilityZoneInfo': [{'zoneName': 'zone-1', 'zoneState': {'available': True}, 'hosts': None}]}

    @route('GET', '/compute/v2.1/servers(?:/detail)?')
    def list_servers(self):
        return {'servers': [self.cloud.server(server) for server in self.cloud.servers.values()]}

    @route('POST', '/compute/v2.1/servers', 202)
    def create_server(self):
        asked = json.loads(self.body)['server']
        server = {
            'id': str(uuid.uuid4()), 'name': asked['name'], 'metadata': asked.get('metadata', {}), 'key_name': asked.get('key_name'),
            'image': asked['imageRef'], 'flavor': asked['flavorRef'].split('/')[-1], 'created': now(),
            'boots_until': time.time() + self.cloud.settings['boot_seconds'],
            # looked up anew for each: the machine that plays the servers may have moved
            'address': socket.gethostbyname(self.cloud.server_address),
        }
        if server['image'] not in self.cloud.images:
            raise NotFound('image ' + server['image'])
        self.cloud.servers[server['id']] = server
        return {'server': {'id': server['id'], 'adminPass': 'none', 'links': [], 'security_groups': []}}

    @route('GET', '/compute/v2.1/servers/([^/]+)')
    def get_server(self, server):
        return {'server': self.cloud.server(found(self.cloud.servers, server))}

    @route('DELETE', '/compute/v2.1/servers/([^/]+)', 204)
    def delete_server(self, server):
        found(self.cloud.servers, server)
        del self.cloud.servers[server]

    # -- glance -------------------------------------------------------------------------------------------------------

    @route('GET', '/image')
    def image(self):
        return {'versions': [{'id': 'v2.9', 'status': 'CURRENT', 'links': [{'rel': 'self', 'href': self.url('/image/v2/')}]}]}

    @route('GET', '/image/v2/images')
    def list_images(self):
        wanted = {key: value for key, value in self.query.items() if key in ('name', 'status')}
        return {'images': [image for image in self.cloud.images.values() if all(image[key] == wanted[key] for key in wanted)],
                'schema': '/v2/schemas/images', 'first': '/v2/images'}

    @route('POST', '/image/v2/images', 201)
    def create_image(self):
        image = str(uuid.uuid4())
        self.cloud.images[image] = dict(json.loads(self.body), id=image, status='queued', size=None, checksum=None, min_disk=0, min_ram=0,
                                        created_at=now(), updated_at=now(), tags=[], owner=PROJECT, schema='/v2/schemas/image')
        return self.cloud.images[image]

    @route('PUT', '/image/v2/images/([^/]+)/file', 204)
    def upload_image(self, image):
        found(self.cloud.images, image).update(
            status='active', size=len(self.body), checksum=hashlib.md5(self.body).hexdigest())

    @route('GET', '/image/v2/images/([^/]+)')
    def get_image(self, image):
        return found(self.cloud.images, image)

    @route('DELETE', '/image/v2/images/([^/]+)', 204)
    def delete_image(self, image):
        found(self.cloud.images, image)
        del self.cloud.images[image]

    # -- neutron ------------------------------------------------------------------------------------------------------

    @route('GET', '/network')
    def network(self):
        return {'versions': [{'id': 'v2.0', 'status': 'CURRENT', 'links': [{'rel': 'self', 'href': self.url('/network/v2.0/')}]}]}

    @route('GET', '/network/v2.0/networks')
    def networks(self):
        # external: a server there has a public address and asks for no floating one
        return {'networks': [{'id': NETWORK, 'name': 'public', 'status': 'ACTIVE', 'admin_state_up': True, 'shared': True,
                              'router:external': True, 'subnets': ['subnet-1'], 'tenant_id': PROJECT, 'project_id': PROJECT}]}

    @route('GET', '/network/v2.0/subnets')
    def subnets(self):
        return {'subnets': [{'id': 'subnet-1', 'name': 'subnet-1', 'network_id': NETWORK, 'ip_version': 4, 'cidr': '192.0.2.0/24',
                             'gateway_ip': '192.0.2.1', 'enable_dhcp': True, 'allocation_pools': [], 'tenant_id': PROJECT}]}

    @route('GET', '/network/v2.0/(ports|floatingips|routers|security-groups)')
    def nothing(self, kind):
        return {kind.replace('-', '_'): []}

    @route('GET', '/network/v2.0/extensions')
    def extensions(self):
        return {'extensions': []}

    # -- cinder: without it the driver finds no quota, with openstacksdk 4 -----------------------------------------------

    @route('GET', '/volume/v3')
    def volume(self):
        return {'versions': [{'id': 'v3.0', 'status': 'CURRENT', 'version': '3.0', 'min_version': '3.0',
                              'links': [{'rel': 'self', 'href': self.url('/volume/v3/')}]}]}

    @route('GET', '/volume/v3/limits')
    def volume_limits(self):
        unlimited = ('maxTotalVolumes', 'maxTotalVolumeGigabytes', 'maxTotalSnapshots', 'maxTotalBackups', 'maxTotalBackupGigabytes')
        used = ('totalVolumesUsed', 'totalGigabytesUsed', 'totalSnapshotsUsed', 'totalBackupsUsed', 'totalBackupGigabytesUsed')
        return {'limits': {'rate': [], 'absolute': dict({name: -1 for name in unlimited}, **{name: 0 for name in used})}}

    @route('GET', '/volume/v3/volumes(?:/detail)?')
    def volumes(self):
        return {'volumes': []}

    # -- for whoever tests --------------------------------------------------------------------------------------------

    @route('GET', '/_state')
    def state(self):
        return self.cloud.state()

    @route('POST', '/_control')
    def control(self):
        self.cloud.settings.update(json.loads(self.body))
        return self.cloud.settings

    # -- HTTP ---------------------------------------------------------------------------------------------------------

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.body = self.read_body()
        self.extra_headers = {}
        service = url.path.split('/')[1]
        ours = service.startswith('_')
        if not ours:
            time.sleep(self.cloud.settings['delay'])
        if service in self.cloud.settings['broken']:
            return self.send(503, {'error': {'message': service + ' is broken on purpose'}})
        with self.cloud.lock:
            for method, pattern, status, function in ROUTES:
                match = pattern.match(url.path)
                if match and method == self.command:
                    if not ours:
                        self.cloud.calls['{} {}'.format(method, function.__name__)] += 1
                    try:
                        return self.send(status, function(self, *match.groups()))
                    except NotFound as error:
                        return self.send(404, {'itemNotFound': {'message': '{} is not there'.format(error), 'code': 404}})
            self.cloud.calls['unknown: {} {}'.format(self.command, url.path)] += 1
        return self.send(404, {'itemNotFound': {'message': 'no such call: ' + url.path, 'code': 404}})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def read_body(self):
        if self.headers.get('Transfer-Encoding') != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length') or 0))
        body = b''
        while True:
            size = int(self.rfile.readline().split(b';')[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def send(self, status, body):
        data = b'' if status == 204 else json.dumps(body).encode()
        self.send_response(status)
        for name, value in self.extra_headers.items():
            self.send_header(name, value)
        self.send_header('Content-Type', 'application/json')
        if status != 204:
            self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def url(self, path):
        return 'http://{}{}'.format(self.headers['Host'], path)

    def log_message(self, format, *args):
        if not self.path.startswith('/_'):
            print('{} {}'.format(self.command, self.path), *args[1:2], flush=True)


class Dead(socketserver.BaseRequestHandler):
    """A cloud that takes connections and says nothing."""

    cloud = None

    def handle(self):
        with self.cloud.lock:
            self.cloud.held += 1
        try:
            self.request.settimeout(0.5)
            begun = time.time()
            while self.cloud.settings['second'] == 'silent' or time.time() - begun < 3:
                try:
                    if not self.request.recv(65536):
                        return
                except socket.timeout:
                    pass
        except OSError:
            pass
        finally:
            with self.cloud.lock:
                self.cloud.held -= 1


class DeadServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def found(things, key):
    if key not in things:
        raise NotFound(key)
    return things[key]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--port', type=int, default=5000)
    parser.add_argument('--dead-port', type=int, default=5001)
    parser.add_argument('--server-address', default='127.0.0.1', help='the address of every server (default: %(default)s)')
    parser.add_argument('--boot-seconds', type=float, default=1, help='how long a server is in BUILD (default: %(default)s)')
    args = parser.parse_args()
    Handler.cloud = Dead.cloud = Cloud(args.server_address, args.boot_seconds)
    threading.Thread(target=DeadServer(('', args.dead_port), Dead).serve_forever, daemon=True).start()
    print('the cloud is open on port {}'.format(args.port), flush=True)
    ThreadingHTTPServer(('', args.port), Handler).serve_forever()


if __name__ == '__main__':
    main()
