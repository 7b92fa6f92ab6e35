import geopandas as gpd
import numpy as np

from lib.geo.joins import locate_in_commune


def as_points(residences):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(residences["longitude"], residences["latitude"]), crs=4326)


def test_there_are_about_700_residences_and_45_000_dwellings_of_nine_landlords(frames):
    residences = frames.housing.residences
    assert 670 <= len(residences) <= 730
    assert 40_500 <= residences["dwelling_count"].sum() <= 49_500
    assert residences["landlord_code"].nunique() == 9
    assert not residences.duplicated(["landlord_code", "reference"]).any()
    assert residences["residence_name"].is_unique


def test_every_residence_stands_in_its_commune(frames, communes):
    residences = frames.housing.residences
    found = locate_in_commune(as_points(residences), communes[communes["departement_code"].isin(["77", "91"])])
    assert (found.to_numpy() == residences["commune_code"].to_numpy()).all()


def test_residences_are_spread_over_many_communes_and_places(frames):
    residences = frames.housing.residences
    metres = as_points(residences).to_crs(2154).geometry
    pairs = metres.sindex.query(metres, predicate="dwithin", distance=15)
    assert pairs.shape[1] == len(residences), "no two residences within 15 m"
    assert residences["commune_code"].nunique() > 120
    assert set(residences["commune_code"].str[:2]) == {"77", "91"}
    assert (residences["force"] == "GN").mean() > 0.1


def test_forty_quarters_of_2024_and_thirty_of_2015_with_other_outlines(frames):
    qpvs = frames.housing.qpvs
    assert qpvs["generation"].value_counts().to_dict() == {2024: 40, 2015: 30}
    assert qpvs["qpv_code"].is_unique
    assert qpvs["qpv_code"].str.fullmatch(r"Q[NP]0(77|91)F\d\dX").all()
    assert qpvs.geometry.is_valid.all()
    by_name = qpvs[qpvs["generation"] == 2015].set_index("qpv_name").geometry
    same = qpvs[qpvs["generation"] == 2024].set_index("qpv_name").geometry.loc[by_name.index]
    assert not by_name.geom_equals(same).any()


def test_quarters_hold_a_third_to_a_half_of_residences_and_some_are_near(frames):
    shares = frames.housing.residences["qpv_status_2024"].value_counts(normalize=True)
    assert 0.30 < shares["inside"] < 0.50
    assert 0.03 < shares["near"] < 0.15


def test_social_dwellings_of_a_quarter_are_those_of_the_residences_inside(frames):
    stock = frames.housing
    inside = stock.residences[stock.residences["qpv_status_2024"] == "inside"]
    dwellings = inside.groupby("qpv_code_2024")["dwelling_count"].sum()
    figures = stock.qpv_figures.set_index("qpv_code")["social_dwelling_count"].loc[dwellings.index]
    assert np.array_equal(figures.to_numpy(), dwellings.to_numpy())


def test_no_address_names_a_street(frames):
    assert frames.housing.residences["address"].str.fullmatch(r"Îlot \d+, secteur (nord|sud|est|ouest)(-\w+)?").all()
