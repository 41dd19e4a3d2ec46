# SPDX-License-Identifier: Apache-2.0
"""Drawers by USB and on a serial adapter, with the real tilld."""
import pytest

POSIFLEX = ("06A0FF0901A1010902150026FF00750895788102"
            "0903150026FF00750895789102C0")
APG = "05F00901A101150026FF007508950209048102" "09039102C0"
BY_ID = "/dev/serial/by-id/usb-MMF_Trigger_0001-if00-port0"

DRAWERS = {
    "posiflex": ("hid posiflex Id=0d3a:0203 number=3 Words=Drawer Reports=" + POSIFLEX,
                 'hid = "0d3a:0203"', 'driver = "posiflex-drawer"', "opens drawer 3"),
    "apg": ("hid apg Id=07c5:0500 Serial=A1 Reports=" + APG,
            'hid = "07c5:0500:A1"', 'driver = "apg-drawer" sensor = "reported"',
            "opens the drawer"),
    "star": ("printer star Id=0519:0003 Id-text=MFG:Star;MDL:TSP143;",
             'usb = "0519:0003"', 'driver = "star-drawer" sensor = "set-is-open"',
             "pulse on drive 1: 200 ms on, 200 ms off"),
    "trigger": (f"tty trigger Id=067b:2303 Sense=cts Link={BY_ID}",
                f'serial = "{BY_ID}"', 'driver = "trigger-drawer" sensor = "cts-is-open"',
                "opens the drawer"),
}


@pytest.fixture(params=DRAWERS)
def box(request, make_plug_box):
    thing, wire, driver, opens = DRAWERS[request.param]
    box = make_plug_box({"drawer1": wire}, things={"drawer1": thing},
                        config={"drawer1": driver + " poll = 100"}).up()
    box.line, box.opens = wire.split()[0], opens
    return box


def test_opens_once_and_is_seen(box):
    """By command, by its key; pulled out while it is being opened; and locked."""
    maria = box.client().sign_on("maria")
    events = box.follow()
    assert box.device("drawer1")["status"] == {
        "drawer": "closed", "online": True,
        **({"paper": "ok"} if "star" in box.device("drawer1")["driver"] else {})}
    opened = maria.open_drawer(wait=20)
    assert opened["outcome"] == "ok", opened
    events.wait("drawer.opened", device="drawer1")
    assert box.account("drawer1")["openings"] == 1
    trace = box.client().get("/v1/devices/drawer1/trace")
    assert trace["line"] == box.line
    told = [(r["way"], r["text"]) for r in trace["records"]]
    assert ("out", box.opens) in told, told
    assert not any("no meaning" in text for _, text in told), told

    box.person("drawer1 close")
    events.wait("drawer.closed", device="drawer1")
    box.person("drawer1 key")
    events.wait("drawer.unsolicited", device="drawer1")
    box.person("drawer1 close")
    events.wait("drawer.closed", device="drawer1")

    opening = box.client().later(maria.open_drawer, wait=20)
    box.street.wait("click")
    box.replug("drawer1")
    assert opening.result()["outcome"] == "ok"
    box.person("drawer1 close")
    events.wait("drawer.closed", device="drawer1")

    box.person("drawer1 lock")
    stuck = maria.open_drawer(wait=20)
    assert stuck.status == 504, stuck
    operation = stuck["operation"]
    assert (operation["outcome"], operation["reason"]) == ("unknown", "drawer-stayed-shut")
    account = box.account("drawer1")
    assert account["openings"] == 3 and account["unknown_commands"] == 0
    assert account["pulse_count"] == 3  # how far apart they are is for virtual time to show


def test_what_is_shut_while_it_is_unplugged_is_known_when_it_is_back(box):
    box.person("drawer1 key")
    events = box.follow()
    box.wait_state("drawer1", "ready")
    box.unplug("drawer1")
    assert box.wait_state("drawer1", "lost")["reason"] in ("unplugged", "port-missing")
    box.person("drawer1 close")
    box.replug("drawer1")
    assert box.wait_state("drawer1", "ready")["status"]["drawer"] == "closed"
    events.close()
