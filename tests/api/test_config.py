# SPDX-License-Identifier: Apache-2.0
"""What "tilld -n" says of a configuration: each fault at its line, in a sentence
that says what is allowed; and what is unwise, as a warning.
"""
import os
import pathlib
import re

import pytest

from box import tilld

TOP = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def check(tmp_path):
    """Checks a text, as tilld.conf in a folder of its own, {dir}."""
    def run(text):
        file = tmp_path / "tilld.conf"
        file.write_bytes(text if isinstance(text, bytes)
                         else text.replace("{dir}", str(tmp_path)).encode())
        done = tilld("-n", "-c", file)
        done.told = [line.replace(f"{file}:", "") for line in done.stderr.splitlines()]
        return done
    return run


def device(*options, name="d", driver="escpos-drawer", port='serial = "/dev/nothing"', tills="1",
           sensor=True):
    """A device's section: its faults, if any, stand from line 5 on."""
    lines = [f'driver = "{driver}"', port, f'tills = {{ "{tills}" }}', *options]
    if sensor and driver == "escpos-drawer":
        lines.append('sensor = "low-is-open"')
    return f'device "{name}" {{\n' + "".join(f"\t{line}\n" for line in lines if line) + "}\n"


def socket(*options):
    return "socket {\n" + "".join(f"\t{option}\n" for option in options) + "}\n"


def has(text, *faults):
    """A case: the text, and (line, words) of all that is wrong with it."""
    words = re.findall(r"\w[\w'-]*", faults[0][1])
    return pytest.param(text, faults, id=" ".join(words[:6]))


def is_refused(done, faults):
    assert done.returncode == 78 and not done.stdout, done
    assert len(done.told) == len(faults), done.told
    for told, (line, words) in zip(done.told, faults):
        assert told.startswith(f"error: {line}: ") and words in told, (told, line, words)


# -- grammar -------------------------------------------------------------------------------

@pytest.mark.parametrize("text, faults", [
    has("\nfrobnicate = 1\n", (2, "no such option 'frobnicate'")),
    has(device("frobs = 1"), (5, "no such option 'frobs'")),
    has(socket("\n\tpaht = \"/x\""), (3, "no such option 'paht'")),
    has('include("other.conf")\n', (1, "no such option 'include'")),
    has("\n\nbox = \"a\nb = 1\n", (3, "no quote closes")),
    has("box = 'a\n", (1, "no quote closes")),
    has('box = "a\\\n', (1, "no quote closes")),
    has("\ndevice \"d\" {\n\n\n", (2, "no brace closes")),
    has("\nsocket {\n\tmode = 0600\n\n" + device(), (2, "no brace closes")),
    has("stop-wait = 5\n}\n", (2, "unexpected closing brace")),
    has("stop-wait 5\n", (1, "missing equal sign")),
    has("device {\n}\n", (1, "missing title")),
    has("device d\n\n\nstop-wait = 5", (4, "missing opening brace")),
    has("\nstop-wait = {\n", (2, "no brace closes")),
    has("stop-wait = 5 6\n", (1, "text that has a blank in it is quoted")),
    has("\n\nstop-wait = 15\"\"\n", (3, "something that can't be understood")),
    has("\n/* box */\n", (2, "a comment begins with #")),
    has("stop-wait = 5\nbox = x // box\n", (2, "a comment begins with #")),
    has("stop-wait = 5\nbox = \x01\n", (2, "control character")),
    has("stop-wait = 5\n\nstop-wait = 5\n", (3, "stop-wait is set a second time, after line 1")),
    has(device("serial = \"/dev/other\""), (5, "set a second time, after line 3")),
    has(device() * 2, (7, "duplicate title 'd'")),
    has("password-cost =\n\n\nseal-entries = 100\n", (1, "a setting without a value")),
    has("seal-entries = 100\npassword-cost = # high\nseal-seconds = 1\n",
        (2, "a setting without a value")),
    has("\nbox =", (2, "a setting without a value")),
    has('\ndevice "d" {\n\tserial = \n\ttills = { "1" }\n}\n',
        (3, "a setting without a value")),
    has("box = till box\nseal-entries = 100\n", (1, "text that has a blank in it is quoted")),
    has("seal-entries = 100\nbox = till box",
        (2, "text that has a blank in it is quoted")),
    has(device(port='serial = "/dev/x" tills += { "2" }'), (3, "a setting is set once, by =")),
])
def test_what_can_not_be_understood(check, text, faults):
    is_refused(check(text), faults)


@pytest.mark.parametrize("content, words", [
    (b"box = 1\0\n", "is not text"), (b"#" * 300000, "too large"), (None, "No such file")],
    ids=["binary", "long", "missing"])
def test_what_is_no_configuration_at_all(check, tmp_path, content, words):
    done = check(content) if content else tilld("-n", "-c", tmp_path / "nothing.conf")
    assert done.returncode == 78 and words in done.stderr, done


def test_only_a_file_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, words in ((tmp_path, "Is a directory"), (tmp_path / "pipe", "it is no file"),
                        ("/dev/zero", "it is no file")):
        done = tilld("-n", "-c", path)
        assert done.returncode == 78 and f"{path}: can't be read: {words}" in done.stderr, done


def test_what_anybody_may_write_is_not_believed(check, tmp_path):
    """docs/policy.md, X-device-settings: who sets devices is who may write this file."""
    assert check("stop-wait = 5\n").returncode == 0
    file = tmp_path / "tilld.conf"
    file.chmod(0o646)
    done = tilld("-n", "-c", file)
    assert done.returncode == 78 and f"{file}: anybody may write to it" in done.stderr, done


# -- lines ---------------------------------------------------------------------------------

def test_comments_and_long_lists_do_not_move_lines(check):
    done = check("""# one
#### two
stop-wait = 5 # three
box = "no # comment"  # "four
socket { # five

	mode = "0999" # seven
}
device "d" # nine
{ # ten
	driver = "em4100-reader" # eleven
	serial = "/dev/nothing"
	tills = { # thirteen
		"1", # fourteen
		"b b", "3",

		"1", # seventeen
		'5'
	}
	repeat = "x"
}
""")
    is_refused(done, [(7, "mode"), (15, "\"b b\" can't be a till's id"),
                      (17, 'till "1" is named twice'), (20, "repeat")])


def test_a_fault_of_a_whole_section_is_told_where_it_begins(check):
    text = "stop-wait = 5\n\n" + 'device "a" {\n\n}\ndevice "b" {\n\tdriver = "em4100-reader"\n}\n'
    is_refused(check(text), [(3, "has to have a driver"), (6, "has to have either serial"),
                             (6, "has to name the tills")])


def test_windows_line_ends_and_no_line_end(check):
    is_refused(check("stop-wait = 5\r\npassword-cost = 1\r\nseal-entries = 0"),
               [(2, "password-cost"), (3, "seal-entries")])


def test_all_mistakes_are_told_at_once(check):
    done = check("password-cost = 1\nstop-wait = 0\n" + device("pin = 3", "poll = 1", sensor=False))
    is_refused(done, [(1, "password-cost"), (2, "stop-wait"), (7, "pin"), (8, "poll")])


# -- values --------------------------------------------------------------------------------

@pytest.mark.parametrize("text, faults", [
    has('box = ""\n', (1, "text of 1 to 64 characters")),
    has(f'box = "{65 * "x"}"\n', (1, "text of 1 to 64 characters")),
    has('box = "a\\tb"\n', (1, "text of 1 to 64 characters")),
    has('state-dir = "state"\n', (1, "it has to be an absolute path")),
    has(f'keys-dir = "/{1024 * "k"}"\n', (1, "of at most 1024 bytes")),
    has('head-file = ""\n', (1, "it has to be an absolute path")),
    has('technicians = "no-such-group"\n', (1, "name of a group that there is, or a gid")),
    has('technicians = "-1"\n', (1, "or a gid")),
    has("technicians = 4294967295\n", (1, "or a gid")),
    has('password-cost = "high"\n', (1, 'password-cost = "high": it has to be a number from')),
    has("password-cost = 13\n", (1, "a number from 14 to 20")),
    has("password-cost = 0x10\n", (1, "a number from 14 to 20")),
    has("password-cost = 15.0\n", (1, "a number from 14 to 20")),
    has('password-cost = "15 "\n', (1, "a number from 14 to 20")),
    has("password-cost = 99999999999999999999\n", (1, "a number from 14 to 20")),
    has("stop-wait = 0\n", (1, "a number from 1 to 600")),
    has("stop-wait = -5\n", (1, "a number from 1 to 600")),
    has("stop-wait = 601\n", (1, "a number from 1 to 600")),
    has("seal-entries = 10001\n", (1, "a number from 1 to 10000")),
    has("seal-seconds = 86401\n", (1, "a number from 1 to 86400")),
    has('policy-key = "0a1b"\n', (1, "64 hexadecimal digits")),
    has(f'policy-key = "{"x" * 64}"\n', (1, "64 hexadecimal digits")),
    has("consent-seconds = 3601\n", (1, "a number from 1 to 3600")),
    has(socket('path = "tilld.sock"'), (2, "absolute path of at most 107 bytes")),
    has(socket(f'path = "/{107 * "s"}"'), (2, "absolute path of at most 107 bytes")),
    has(socket("", 'owner = "no-such-user"'), (3, "name of a user that there is, or a uid")),
    has(socket("owner = 4294967295"), (2, "or a uid")),
    has(socket('owner = "+5"'), (2, "or a uid")),
    has(socket('group = "no-such-group"'), (2, "or a gid")),
    has(socket("mode = 0999"), (2, "an octal mode that lets its owner in, 0600 to 0777")),
    has(socket("mode = 1660"), (2, "0600 to 0777")),
    has(socket("mode = 0060"), (2, "0600 to 0777")),
    has(socket("mode = 0440"), (2, "0600 to 0777")),
    has(socket("mode = rw"), (2, "0600 to 0777")),
    has(socket("mode = 66"), (2, "0600 to 0777")),
    has(socket("mode = -660"), (2, "0600 to 0777")),
    has(socket("connections = 0"), (2, "a number from 1 to 2000")),
    has(socket("connections = 2001"), (2, "a number from 1 to 2000")),
    has(socket("connections-per-user = 9", "connections = 8"),
        (2, "at most connections, which is 8")),
])
def test_a_general_setting_that_can_not_be(check, text, faults):
    is_refused(check(text), faults)


SAME = "would be the same file"
DIRS = 'state-dir = "{dir}/state"\nkeys-dir = "{dir}/keys"\n'


@pytest.mark.parametrize("text, faults", [
    has(DIRS + 'head-file = "{dir}/keys/seal.key"\n', (3, "head-file is in keys-dir")),
    has(DIRS + 'head-file = "{dir}/keys/../keys/head"\n', (3, "head-file is in keys-dir dots")),
    has(DIRS + 'head-file = "{dir}/link/head"\n', (3, "head-file is in keys-dir link")),
    has(DIRS + 'head-file = "{dir}/dangling"\n', (3, "head-file is in keys-dir dangling")),
    has(DIRS + 'archive-dir = "{dir}/keys"\n', (3, "archive-dir is in keys-dir")),
    has(DIRS + socket('path = "{dir}/keys/sock"'), (4, "socket.path is in keys-dir")),
    has(DIRS + 'head-file = "{dir}/state/./tilld.db"\n', (3, f"head-file and state-dir {SAME}")),
    has(DIRS + 'head-file = "{dir}/s"\n' + socket('path = "{dir}/s"'),
        (5, f"socket.path and head-file {SAME}")),
    has(DIRS + socket('path = "{dir}/s.intents"') + 'head-file = "{dir}/s"\n',
        (6, f"head-file and socket.path {SAME}")),
    has(DIRS + 'head-file = "{dir}/tilld.conf"\n', (3, f"head-file and this file {SAME}")),
    has(DIRS + 'head-file = "{dir}/tty"\n' + device(port='serial = "{dir}/tty"'),
        (6, f"serial and head-file {SAME}")),
    has(DIRS + 'head-file = "{dir}/state/../"\n', (3, "head-file is no file")),
    has(DIRS + 'head-file = "/dev/null"\n', (3, "head-file is no file null")),
    has(DIRS + 'archive-dir = "{dir}/tilld.conf"\n', (3, "archive-dir is no folder")),
])
def test_paths_that_destroy_each_other(check, tmp_path, text, faults):
    (tmp_path / "link").symlink_to("keys")
    (tmp_path / "state").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "keys" / "x")
    words = re.sub(" (dots|link|dangling|null)$", "", faults[0][1])
    done = check(text)
    assert done.returncode == 78
    assert any(told.startswith(f"error: {faults[0][0]}: ") and words in told for told in done.told), \
        done.told


def test_paths_that_may_be(check, tmp_path):
    (tmp_path / "state" / "archive").mkdir(parents=True)
    done = check(DIRS + 'head-file = "{dir}/state/head"\narchive-dir = "{dir}/state/archive"\n'
                 + socket('path = "{dir}/sock"'))
    assert (done.returncode, done.told) == (0, [])
    done = check(DIRS + 'archive-dir = "{dir}/unplugged"\n')
    assert done.returncode == 0 and done.told[0].startswith("warning: 3: archive-dir is not there")


def test_fewer_connections_need_no_other_share(check):
    assert check(socket("connections = 8")).returncode == 0


@pytest.mark.parametrize("text, faults", [
    has(device(driver="toaster"), (2, "one that tilld --drivers lists")),
    has(device(name="-a"), (1, "underscores, beginning with a letter or a digit")),
    has(device(tills="-1"), (4, "underscores, beginning with a letter or a digit")),
    has(device(name="a b"), (1, "can't be a device's name: it has to be 1 to 32 letters")),
    has(device(name="x" * 33), (1, "can't be a device's name")),
    has(device("password = 000000"), (5, "the driver escpos-drawer has no such option")),
    has(device("pin = 3"), (5, 'pin = "3": it has to be 2 or 5')),
    has(device('pin = "2 5"'), (5, "it has to be 2 or 5")),
    has(device("poll = soon"), (5, "it has to be 100 to 60000 milliseconds")),
    has(device("poll = 99ms"), (5, "it has to be 100 to 60000 milliseconds")),
    has(device("poll = 61s"), (5, "it has to be 100 to 60000 milliseconds")),
    has(device("poll = 2m"), (5, "it has to be 100 to 60000 milliseconds")),
    has(device("poll = 1h"), (5, "it has to be 100 to 60000 milliseconds")),
    has(device("poll = -100"), (5, "it has to be 100 to 60000 milliseconds")),
    has(device('poll = " 100"'), (5, "it has to be 100 to 60000 milliseconds")),
    has(device("kicks-per-minute = 10s"), (5, "it has to be 1 to 120")),
    has(device("cancel-foreign = maybe", driver="posnet-printer"), (5, "it has to be yes or no")),
    has(device(driver="pcsc-reader", port='pcsc = ""', sensor=False), (3, "a reader's name")),
    has(device(driver="pcsc-reader", port=f'pcsc = "{128 * "x"}"', sensor=False),
        (3, "as pcscd has it, 1 to 127 characters")),
    has(device(driver="pcsc-reader", port='hid = "04b8:0202"', sensor=False),
        (3, "does not take such devices")),
    has(device(driver="pcsc-reader", port='pcsc = "Desk 00 00"', sensor=False)
        + device(name="e", driver="pcsc-reader", port='pcsc = "Desk 01 00"', sensor=False),
        (6, "a port has one owner")),
    has(device("t3 = 11s", driver="zvt-terminal"), (5, "1000 to 10000 milliseconds")),
    has(device("config = b", driver="zvt-terminal"), (5, "1 byte in hexadecimal, or auto")),
    has(device("service = auto", driver="zvt-terminal"), (5, "1 byte in hexadecimal")),
    has(device("init = hello", driver="epson-display"), (5, "0 to 32 bytes in hexadecimal")),
    has(device("init = 1b4002050a", driver="epson-display"), (5, "without 0205")),
    has(device(f"init = {33 * '00'}", driver="epson-display"), (5, "0 to 32 bytes")),
    has(device("tills = { }").replace('\ttills = { "1" }\n', ""), (1, "has to name the tills")),
    has(device().replace('"1"', '"1", "2"'), (4, "tills: a drawer serves at most 1")),
    has(device(tills="@box"), (4, "\"@box\" can't be a till's id")),
    has(device(driver="em4100-reader", tills='", "'.join(map(str, range(65)))),
        (4, "tills: a reader serves at most 64")),
    has("".join(device(name=f"d{i}", port=f'serial = "/dev/nothing{i}"', tills=str(i))
                for i in range(65)), (64 * 6 + 1, "one device too many: there can be 64")),
    has(device() + device(name="e", port='serial = "/dev/nothing2"'),
        (7, 'till 1 has a drawer already, "d"')),
    has(device('drawer = "plain"', driver="posnet-printer").replace('"1"', '"1", "2"'),
        (4, "a drawer belongs to one till")),
    has(device() + device('drawer = "plain"', name="p", driver="posnet-printer",
                          port='serial = "/dev/other"'),
        (7, 'till 1 has a drawer already, "d"')),
])
def test_a_device_that_can_not_be(check, text, faults):
    is_refused(check(text), faults)


def test_a_code_is_not_repeated(check):
    done = check(device('password = "12345x"', driver="zvt-terminal"))
    is_refused(done, [(5, "password: it has to be 6 digits")])
    assert "12345x" not in done.stderr


@pytest.mark.parametrize("text, mode, good", [
    ("4711\n", 0o600, True), ("4711", 0o400, True), ("4711\n", 0o640, False),
    ("4711\n", 0o604, False), ("47x1\n", 0o600, False), ("", 0o600, False),
    ("123456789\n", 0o600, False), (None, 0, False)])
def test_a_password_in_a_file(check, tmp_path, text, mode, good):
    path = tmp_path / "password"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    done = check(device(f'operator-password = "{path}"', driver="datecs-printer"))
    assert done.returncode == (0 if good else 78), done
    if not good:
        assert "the path of a file with them" in done.stderr
    assert not text or text.strip() not in done.stderr.replace(str(tmp_path), "")


@pytest.mark.parametrize("option, driver", [
    ("poll = 100", "escpos-drawer"), ("poll = 60s", "escpos-drawer"),
    ("poll = 1m", "escpos-drawer"), ("config = BE", "zvt-terminal"),
    ("config = auto", "zvt-terminal"), ('init = ""', "cd5220-display"),
    ("init = 102050", "cd5220-display"), ("cancel-foreign = on", "posnet-printer")])
def test_what_is_just_allowed(check, option, driver):
    assert check(device(option, driver=driver)).returncode == 0


# -- ports ---------------------------------------------------------------------------------

@pytest.mark.parametrize("text, faults", [
    has(device(port=""), (1, "either serial = \"/dev/...\" or tcp = \"address:port\"")),
    has(device('tcp = "192.0.2.7"'), (1, "either serial = \"/dev/...\" or tcp")),
    has(device(port='serial = "ttyS0"'), (3, "it has to be an absolute path")),
    has(device(port='serial = "/etc/passwd"'), (3, "it has to be a serial port")),
    has(device(port='serial = "/dev"'), (3, "it has to be a serial port")),
    has(device("baud = 9601"), (5, "57600, 115200 or 230400")),
    has(device("baud = 09600"), (5, "57600, 115200 or 230400")),
    has(device("data-bits = 9"), (5, "it has to be 7 or 8")),
    has(device("stop-bits = 3"), (5, "it has to be 1 or 2")),
    has(device("parity = some"), (5, "it has to be none, odd or even")),
    has(device("flow = dtr"), (5, "it has to be none, rtscts or xonxoff")),
    *(has(device(option, port='tcp = "192.0.2.7"'), (5, "is for serial ports, not for tcp"))
      for option in ("baud = 9600", "data-bits = 8", "stop-bits = 1", "parity = none",
                     "flow = none")),
    has(device('tls = "sha256:' + 64 * "a" + '"'), (5, "tls is for tcp")),
    *(has(device(f'tls = "{pin}"', port='tcp = "192.0.2.7"'), (5, "it has to be the SHA-256"))
      for pin in ("", 64 * "a", "sha256:" + 63 * "a", "sha1:" + 40 * "a")),
    *(has(device(driver=driver, port='tcp = "192.0.2.7:9100"'),
          (3, f"the driver {driver} knows serial ports only"))
      for driver in ("epson-display", "cd5220-display", "em4100-reader")),
    *(has(device(port=f'tcp = "{address}"'), (3, "it has to be the numeric address of one device"))
      for address in ("printer.example:9100", "192.0.2.7:0", "192.0.2.7:99999", "192.0.2.7:",
                      "192.0.2.7:http", "192.0.2.7:9100x", "192.0.2.7:-1", ":9100", "[::1", "[::1]x",
                      "[]", "0.0.0.0", "255.255.255.255", "224.0.0.1:9100", "[::]:9100", "", " ",
                      "192.0.2.7:9100:9100", "192.0.2.7 ")),
])
def test_a_port_that_can_not_be(check, text, faults):
    is_refused(check(text), faults)


@pytest.mark.parametrize("address", ["192.0.2.7", "192.0.2.7:9100", "localhost", "localhost:1",
                                     "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:65535"])
def test_addresses(check, address):
    assert check(device(port=f'tcp = "{address}"')).returncode == 0


@pytest.mark.parametrize("one, other", [
    ('serial = "/dev/nothing"', 'serial = "/dev/nothing"'),
    ('serial = "/dev/nothing"', 'serial = "/dev//./nothing"'),
    ('serial = "/dev/null"', 'serial = "{dir}/link"'),
    ('serial = "/dev/nothing"', 'serial = "{dir}/dev/nothing"'),
    ('tcp = "127.0.0.1:9100"', 'tcp = "localhost"'),
    ('tcp = "localhost:9100"', 'tcp = "127.1:9100"'),
    ('tcp = "192.0.2.7"', 'tcp = "[::ffff:192.0.2.7]:9100"'),
    ('tcp = "[2001:db8::7]"', 'tcp = "[2001:DB8:0::7]:9100"'),
])
def test_the_same_port_by_two_names(check, tmp_path, one, other):
    (tmp_path / "link").symlink_to("/dev/null")
    (tmp_path / "dev").symlink_to("/dev")
    done = check(device(port=one) + device(name="e", port=other, tills="2"))
    is_refused(done, [(7, "its port is that of \"d\" already")])


@pytest.mark.parametrize("one, other", [
    ('serial = "/dev/nothing"', 'serial = "/dev/nothing2"'),
    ('serial = "/dev/null"', 'serial = "/dev/zero"'),
    ('tcp = "192.0.2.7"', 'tcp = "192.0.2.7:9101"'),
    ('tcp = "192.0.2.7"', 'tcp = "192.0.2.8"'),
])
def test_two_ports(check, one, other):
    assert check(device(port=one) + device(name="e", port=other, tills="2")).returncode == 0


# -- what is unwise ------------------------------------------------------------------------

READER = device(name="r", driver="em4100-reader", port='serial = "/dev/nothing9"')


@pytest.mark.parametrize("text, line, words", [
    (socket("", "mode = 0666"), 3, "lets every user of the box connect"),
    (socket("mode = 0602"), 2, "lets every user of the box connect"),
    ('state-dir = "/var/x"\nkeys-dir = "/var/x/keys"\n', 2, "keys-dir is within state-dir"),
    ('keys-dir = "/var/x"\nstate-dir = "/var/x"\n', 1, "keys-dir is within state-dir"),
    (device(driver="zvt-terminal"), 4, "till 1 has no badge reader"),
    (READER + device(sensor=False), 6, "nothing can tell whether the drawer opened"),
    (READER + device("sensor = none", sensor=False), 10, "nothing can tell whether"),
    (READER + device(driver="posnet-printer", port='serial = "/dev/ttyUSB3"'), 8,
     "its name below /dev/serial/by-id stays"),
    (READER + device(name="s", driver="em4100-reader"), 9,
     'till 1 has a reader already, and uses only "r"'),
])
def test_what_works_but_is_unwise(check, text, line, words):
    done = check(text)
    assert done.returncode == 0 and ": good; " in done.stdout, done
    assert len(done.told) == 1, done.told
    assert done.told[0].startswith(f"warning: {line}: ") and words in done.told[0], done.told


def test_what_is_wise_is_not_warned_of(check):
    wise = socket("mode = 0660") + 'state-dir = "/var/x"\nkeys-dir = "/var/xkeys"\n' + READER + \
        device() + device(name="e", driver="em4100-reader", tills="2", port='serial = "/dev/null"')
    done = check(wise)
    assert done.returncode == 0 and not done.stderr, done


def test_who_has_faults_is_not_bothered_with_advice(check):
    is_refused(check(socket("mode = 0666") + "stop-wait = 0\n"), [(4, "stop-wait")])


# -- what is written about it --------------------------------------------------------------

def test_the_sample_configuration(check):
    text = (TOP / "conf/tilld.conf").read_text()
    done = check(text)
    assert done.returncode == 0 and "good; 0 devices" in done.stdout and not done.told, done
    begin = text.index("\n#device")
    done = check(text[:begin] + text[begin:].replace("\n#", "\n"))
    assert done.returncode == 0 and "good; 5 devices" in done.stdout and not done.told, done


def listing():
    """tilld --drivers: {driver: ({option: (type, default, allowed, help)}, serial, tcp, plugs)}"""
    common, *parts = re.split(r"^(?=\S+: .*\n  (?:serial:|tcp:|usb\n|hid\n|keyboard\n|pcsc\n))",
                              tilld("--drivers").stdout, flags=re.M)
    drivers = {}
    for part in parts:
        lines = part.strip("\n").split("\n")
        rows = [re.fullmatch(r"  (\S+)  +(\S+)  +(\S+)  +(.*)", line) for line in lines]
        options = {row[1]: (row[2], row[3], row[4], lines[i + 1].strip())
                   for i, row in enumerate(rows) if row and row[1][-1] != ":"}
        serial = next((line[10:] for line in lines if line.startswith("  serial: ")), None)
        tcp = next((line.split()[2] for line in lines if line.startswith("  tcp: ")), None)
        plugs = [line.strip() for line in lines if line in ("  usb", "  hid", "  keyboard", "  pcsc")]
        drivers[lines[0].split(":")[0]] = options, serial, tcp, plugs
    return common, drivers


def plugged(plugs):
    return f'{plugs[0]} = "04b8:0202"' if plugs else 'serial = "/dev/null"'


def test_the_listing_is_of_use(check):
    """A device made of nothing but what it lists, each default written out."""
    common, drivers = listing()
    assert len(drivers) == 17
    for name, (options, serial, tcp, plugs) in drivers.items():
        lines = [f'{option} = "{row[1]}"' for option, row in options.items()]
        assert lines, name
        assert serial or plugs, name
        if serial:
            done = check(device(*lines, *serial.split(", "), driver=name, sensor=False))
            assert done.returncode == 0, done
        for word in ("usb", "hid", "keyboard", "pcsc"):
            done = check(device(*lines, driver=name, port=f'{word} = "04b8:0202"', sensor=False))
            assert done.returncode == (0 if word in plugs else 78) or \
                "was built without" in done.stderr, done
        done = check(device(*lines, driver=name, port=f'tcp = "192.0.2.7:{tcp}"', sensor=False))
        assert done.returncode == (0 if tcp else 78), done
    for name, allowed in re.findall(r"^  (\S+) +choice +(\S.*)", common, re.M):
        for value in re.split(r", | or ", allowed):
            assert check(device(f"{name} = {value}")).returncode == 0


def test_the_listing_tells_the_limits(check):
    seen = set()
    for name, (options, serial, _, plugs) in listing()[1].items():
        port = 'serial = "/dev/null"' if serial else plugged(plugs)
        for option, (kind, _, allowed, _) in options.items():
            seen.add(kind)
            limits = re.match(r"(\d+) to (\d+)", allowed)
            words = re.split(r", | or ", allowed) if kind in ("choice", "switch") else ()
            good = list(words) or limits and [int(limits[1]), int(limits[2])] or []
            bad = limits and [int(limits[2]) + 1, int(limits[1]) - 1] or ["nonsense!"]
            if kind == "digits" and limits:
                good, bad = [n * "1" for n in good], [(bad[0]) * "1"]
            if kind == "bytes" and limits:
                good, bad = [n * "1a" for n in good], [n * "1a" for n in bad if n >= 0]
            for values, code in ((good, 0), (bad, 78)):
                for value in values:
                    done = check(device(f'{option} = "{value}"', driver=name, port=port,
                                        sensor=False))
                    assert done.returncode == code, (option, value, done)
    assert seen == {"switch", "number", "duration", "choice", "digits", "bytes"}


def test_the_devices_page_has_what_the_listing_has():
    page = (TOP / "docs/devices.md").read_text()
    overview = {row[0]: row[1:] for row in
                re.findall(r"^\| \[`(\S+)`\]\(\S+\) \| \S+ \| (\S+(?: \S+)?) \| (\S+) \| (\S+) \|$", page,
                           re.M)}
    _, drivers = listing()
    assert set(overview) == set(drivers)
    for name, (options, serial, tcp, plugs) in drivers.items():
        line, port, by_usb = overview[name]
        if line == "–":
            assert serial is None
        else:
            baud, (bits, parity, stop) = line.split()[0], line.split()[1]
            assert serial == (f"baud = {baud}, data-bits = {bits}, stop-bits = {stop}, parity = "
                              f"{dict(N='none', O='odd', E='even')[parity]}, flow = none")
        assert port == (tcp or "–")
        assert by_usb == (f"`{plugs[0]}`" if plugs else "–") and len(plugs) <= 1
        section = page[page.index(f"\n## {name}\n"):]
        section = section[:section.find("\n## ", 1)] if "\n## " in section[1:] else section
        table = re.findall(r"^\| `([\w-]+)` \| (\w+) \| (.*) \| `(\S+)` \| (.*) \|$", section, re.M)
        assert table == [(option, kind, allowed, default, text)
                         for option, (kind, default, allowed, text) in options.items()], name


def test_the_manual_has_the_settings_of_lines():
    page = (TOP / "man/tilld.conf.5").read_text()
    for name, allowed in re.findall(r"^  (\S+) +choice +(\S.*)", listing()[0], re.M):
        assert f".It Cm {name}\n{allowed}.\n" in page, (name, allowed)
