from tests.screen import opened, tables, told


def test_facts_without_a_service_keep_their_row_in_the_table(small: None):
    rows = tables(opened("map", niveau="Circonscription", mesure="Faits"))[0]
    assert sorted(row[0].split(",")[0].strip() for row in rows) == [
        "Brigade d’essai Gendarmerie",
        "Commissariat d’essai Police",
        "Service non renseigné",
    ]


def test_table_is_sorted_as_asked(small: None):
    names = [row[0].split()[0] for row in tables(opened("map", niveau="Commune", tri="Nom"))[0]]
    assert names == ["Ville-A", "Ville-B", "Ville-C"]


def test_table_that_follows_the_map_keeps_what_it_shows(small: None):
    app = opened("map", niveau="Commune", suivre="true")
    assert len(tables(app)[0]) == 3
    app.session_state["carte.vue"] = ((48.4, 2.21), (48.6, 2.29))
    app.run()
    assert [row[0].split()[0] for row in tables(app)[0]] == ["Ville-B"]
    assert "1 sur 3 dans la vue" in told(app)


def test_place_chosen_comes_first_in_the_table(small: None):
    rows = tables(opened("map", niveau="Commune", choix="commune:77002"))[0]
    assert rows[0][0] == "Ville-B sur la carte"
