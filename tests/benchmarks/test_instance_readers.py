"""Readers: what is in the file is what the instance holds, and a wrong file is named with its line."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.contract import BenchmarkError
from benchmarks.instances.finding import chosen, graphs_in
from benchmarks.instances.metis import read_metis
from benchmarks.instances.tables import read_commuting, read_tables

# a square 1-2-3-4 with the diagonal 1-3
SQUARE = "% a comment\n4 5\n2 3 4\n1 3\n1 2 4\n1 3\n"


def put(path: Path, text: str) -> Path:
    """Write a file, gzipped when its name says so."""
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["square.graph", "square.graph.gz"])
def test_a_metis_graph_has_each_edge_once(tmp_path, name):
    graph = read_metis(put(tmp_path / name, SQUARE))
    assert (graph.name, graph.num_units) == ("square", 4)
    assert sorted(map(tuple, graph.edges.tolist())) == [(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)]
    assert graph.weight.tolist() == [1, 1, 1, 1]
    assert graph.edge_weight.tolist() == [1, 1, 1, 1, 1]


def test_metis_weights_of_units_and_edges_are_read(tmp_path):
    graph = read_metis(put(tmp_path / "w.graph", "2 1 011\n7 2 30\n9 1 30\n"))
    assert graph.weight.tolist() == [7, 9]
    assert graph.edge_weight.tolist() == [30]


def test_a_metis_unit_without_neighbours_is_an_empty_line(tmp_path):
    graph = read_metis(put(tmp_path / "lonely.graph", "3 1\n2\n1\n\n"))
    assert graph.num_units == 3
    assert graph.main_component().unit_names == ("1", "2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line"),
        ("4 5\n2 3 4\n1 3\n1 2 4\n", "promises 4 units, the file has 3"),
        ("2 1\n2\n1\n1\n", "line 4: more lines than the 2 units"),
        ("2 1\n3\n1\n", "line 2: neighbours are numbered 1 to 2"),
        ("2 1\n2\n\n", "both of its ends"),
        ("2 2\n2\n1\n", "each of the 2 edges"),
        ("2 1\n2\nx\n", "line 3: only whole numbers"),
    ],
)
def test_a_wrong_metis_file_is_named_with_what_is_wrong(tmp_path, text, said):
    with pytest.raises(BenchmarkError, match=said):
        read_metis(put(tmp_path / "wrong.graph", text))


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_the_plain_layout_is_read(tmp_path, ending):
    put(tmp_path / f"nodes{ending}", "id,weight,x,y\n01,10,0,0\n02,20,1,0\n03,30,2,0\n")
    put(tmp_path / f"edges{ending}", "u,v\n01,02\n02,01\n02,03\n03,03\n")
    put(tmp_path / f"flows{ending}", "from,to,weight\n01,02,5\n02,01,2\n03,03,7\n")
    ((name, read),) = graphs_in(tmp_path, with_flows=True).items()
    line = read()
    assert name == line.name == tmp_path.name
    assert line.unit_names == ("01", "02", "03")
    assert line.weight.tolist() == [10, 20, 30]
    assert line.edges.tolist() == [[0, 1], [1, 2]]
    assert line.flows.tolist() == [[0, 1], [1, 0], [2, 2]]
    assert line.flow_weight.tolist() == [5, 2, 7]
    assert np.array_equal(line.xy, [[0, 0], [1, 0], [2, 0]])


def test_tables_from_a_spreadsheet_are_read(tmp_path):
    nodes = "\ufeffID, Weight ,area,y,x\n1.0,10,a,0,0\n\n 2 ,20.5,b,0,1\n,,,,\n03,30,c,-1,2\n"
    put(tmp_path / "nodes.csv", nodes)
    put(tmp_path / "edges.csv", "u,v,weight\n1,2.0,7\n\n2,03,9\n")
    put(tmp_path / "flows.csv", "from,to,weight,year\n1.0,03,2.5,2020\n")
    line = read_tables(tmp_path, "")
    assert line.unit_names == ("1", "2", "03")
    assert line.weight.tolist() == [10, 20.5, 30]
    assert line.edges.tolist() == [[0, 1], [1, 2]]
    assert line.edge_weight.tolist() == [1, 1]
    assert (line.flows.tolist(), line.flow_weight.tolist()) == ([[0, 2]], [2.5])
    assert np.array_equal(line.xy, [[0, 0], [1, 0], [2, -1]])


def test_a_damaged_archive_is_named(tmp_path):
    put(tmp_path / "nodes.csv.gz", "id,weight\n1,2\n2,3\n")
    whole = (tmp_path / "nodes.csv.gz").read_bytes()
    (tmp_path / "nodes.csv.gz").write_bytes(whole[: len(whole) // 2])
    put(tmp_path / "edges.csv", "u,v\n1,2\n")
    with pytest.raises(BenchmarkError, match=r"nodes\.csv\.gz"):
        read_tables(tmp_path, "")


def test_labour_market_layout_is_read_and_islands_are_left_out(tmp_path):
    put(tmp_path / "isle_nodes.csv.gz", "community,name,pop2001,x,y,area_deg2\n1,A,5,0,0,1\n2,B,6,1,0,1\n3,C,7,9,9,1\n")
    put(tmp_path / "isle_edges.csv.gz", "u,v,shared_len_deg\n1,2,0.1\n")
    put(tmp_path / "isle_flows.csv.gz", "community_live,community_work,amount\n1,2,40\n2,3,50\n3,3,60\n2,2,70\n")
    put(tmp_path / "isle_grid_flows.csv.gz", "community_live,community_work,amount\nq,r,1\n")
    found = graphs_in(tmp_path, with_flows=True)
    assert list(found) == ["isle"]
    main = found["isle"]().main_component()
    assert main.unit_names == ("1", "2")
    assert main.weight.tolist() == [5, 6]
    assert main.flows.tolist() == [[0, 1], [1, 1]]
    assert main.flow_weight.tolist() == [40, 70]


def test_county_commuting_layout_keeps_counties_with_people_and_neighbours(tmp_path):
    put(tmp_path / "county_population.tsv.gz", "01001\t100\n01003\t200\n99999\t5\n")
    put(tmp_path / "county_adjacency.csv.gz", "u,v\n01001,01003\n01003,72000\n")
    put(tmp_path / "flows_x.csv.gz", "home,work,flow\n01001,01003,8\n01001,01001,90\n72000,01001,3\n")
    counties = graphs_in(tmp_path, with_flows=True)["us_counties"]()
    assert counties.unit_names == ("01001", "01003")
    assert counties.weight.tolist() == [100, 200]
    assert counties.edges.tolist() == [[0, 1]]
    assert counties.flow_weight.tolist() == [8, 90]
    assert read_commuting(tmp_path).flows.tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize(
    ("nodes", "edges", "said"),
    [
        ("id,size\n1,2\n", "u,v\n", "nodes.csv: a column named weight"),
        ("id,weight\n1,2\n1,3\n", "u,v\n1,1\n", "nodes.csv line 3: unit '1' is there twice"),
        ("id,weight\n1,2\n1.0,3\n", "u,v\n1,1\n", "nodes.csv line 3: unit '1' is there twice"),
        ("id,weight\n1,2\n,3\n", "u,v\n1,1\n", "nodes.csv line 3: the unit has no id"),
        ("id,weight\n1,2\n", "u,v\n\n1,8\n", "edges.csv line 3: '1' or '8' is not in the nodes"),
        ("id,weight\n1,much\n", "u,v\n", "nodes.csv line 2, weight: 'much' is not a finite number from 0"),
        ("id,weight\n1,inf\n", "u,v\n", "'inf' is not a finite number from 0"),
        ("id,weight\n1,1\n2,-1\n", "u,v\n", "nodes.csv line 3, weight: '-1'"),
        ("id,weight\n1,0\n", "u,v\n", "nodes.csv: no unit has any weight"),
        ("id,weight,x,y\n1,1,0,\n", "u,v\n", "nodes.csv line 2, y: '' is not a finite number"),
        ("", "u,v\n", "nodes.csv is empty"),
        ('id,weight\n1,"2\n', "u,v\n", "nodes.csv: .*EOF"),
    ],
)
def test_a_wrong_table_is_named_with_what_is_wrong(tmp_path, nodes, edges, said):
    put(tmp_path / "nodes.csv", nodes)
    put(tmp_path / "edges.csv", edges)
    with pytest.raises(BenchmarkError, match=said):
        read_tables(tmp_path, "")


def test_an_empty_or_missing_folder_says_what_was_expected(tmp_path):
    with pytest.raises(BenchmarkError, match=r"\*\.graph files"):
        graphs_in(tmp_path)
    with pytest.raises(BenchmarkError, match="there is no folder"):
        graphs_in(tmp_path / "nowhere")


def test_an_unknown_instance_gets_the_nearest_name(tmp_path):
    put(tmp_path / "sardinia.graph", SQUARE)
    with pytest.raises(BenchmarkError, match="did you mean 'sardinia'"):
        chosen(graphs_in(tmp_path), ["sardinha"])
