"""Words of Streamlit that no setting translates, for ``setup.js``; see docs/decisions/0028-words-of-streamlit.md."""

import json

# A text, a name or a hint that is one of these, exactly.
WORDS = {
    "Select all": "Tout choisir",
    "No results": "Aucun résultat",
    "Choose an option": "Choisissez",
    "Choose options": "Choisissez",
    "No options to select": "Aucun choix",
    "Select...": "Choisissez",
    "No options": "Aucun choix",
    "Selectbox options": "Choix",
    "Multiselect options": "Choix",
    "Skip to main content": "Aller au contenu",
    "Clear all": "Tout effacer",
    "Clear value": "Effacer la valeur",
    "Clear entry": "Effacer le texte",
    "Clear date": "Effacer la date",
    "Clear time": "Effacer l’heure",
    "Choose date": "Choisir la date",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": (
        "Flèches pour changer de jour, Entrée pour choisir, Échap pour fermer."
    ),
    "Previous month": "Mois précédent",
    "Next month": "Mois suivant",
    "Selected values": "Valeurs choisies",
    "Press Enter to apply": "Entrée pour valider",
    "Press Ctrl+Enter to apply": "Ctrl+Entrée pour valider",
    "Press ⌘+Enter to apply": "⌘+Entrée pour valider",
    "Invalid time format. Please use HH:MM.": "Écrivez l’heure ainsi\u00a0: 18:30.",
    "Hours must be 0–23.": "Les heures vont de 0 à 23.",
    "Minutes must be 0–59.": "Les minutes vont de 0 à 59.",
    "Collapse sidebar": "Replier les filtres",
    "Expand sidebar": "Déplier les filtres",
    "App pages": "Pages",
    "Scroll tabs left": "Onglets précédents",
    "Scroll tabs right": "Onglets suivants",
    "Previous page": "Lignes précédentes",
    "Next page": "Lignes suivantes",
    "Page not found": "Page introuvable",
    "The page that you have requested does not seem to exist. Running the app's main page.": (
        "Cette adresse ne mène à aucune page\u00a0: voici l’accueil."
    ),
    "Copy to clipboard": "Copier",
    "Navigate to home page": "Accueil",
    "Add files": "Choisir un autre fichier",
    "Drag and drop a file here": "Déposez un fichier ici",
    "200MB per file": "200 Mo au plus",
    "Remove file": "Retirer le fichier",
    "Running...": "Calcul en cours",
    "Connecting to Streamlit server": "Connexion au serveur",
    "Connection error": "Connexion perdue",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:": (
        "Le serveur ne répond plus\u00a0: rechargez la page dans un instant, ou prévenez qui tient l’installation."
    ),
    # Tables that one edits.
    "Add row": "Ajouter une ligne",
    "Delete row(s)": "Retirer les lignes",
    "Clear selection": "Annuler la sélection",
    "Download as CSV": "Télécharger (CSV)",
    "Close Search": "Fermer la recherche",
    "Type to search": "Texte à chercher",
    "Previous Result": "Résultat précédent",
    "Next Result": "Résultat suivant",
    "Close fullscreen": "Quitter le plein écran",
    "Show/hide columns": "Choisir les colonnes",
    "Dataframe column menu": "Menu de la colonne",
    "Copy column name": "Copier le nom de la colonne",
    "Sort ascending": "Trier dans l’ordre croissant",
    "Sort descending": "Trier dans l’ordre décroissant",
    "Pin column": "Épingler la colonne",
    "Unpin column": "Libérer la colonne",
    "Hide column": "Masquer la colonne",
    "⚠️ Please fill out this cell.": "Remplissez cette cellule.",
    "streamlit_folium.st_folium": "Carte",
}
# Words that a person may have written too: only where Streamlit draws them, in its menus, its buttons and its names.
DRAWN = {
    "Open": "Ouvrir",
    "Close": "Fermer",
    "Dismiss": "Fermer",
    "Rejeter": "Fermer",
    "Empty": "Vide",
    "Error": "Erreur",
    "Sidebar": "Filtres",
    "Notifications": "Messages",
    "Upload": "Choisir un fichier",
    "Stop": "Arrêter",
    "Connecting": "Connexion",
    "Search": "Chercher",
    "Fullscreen": "Plein écran",
    "Statistics": "Statistiques",
    "Autosize": "Ajuster la largeur",
    "Automatic": "Automatique",
    "Localized": "Comme en France",
    "Distance": "Écart à aujourd’hui",
    "Calendar": "Calendrier",
    "Increment": "Augmenter",
    "Decrement": "Diminuer",
}
# Parts of a date or of an hour that nobody has written yet.
HINTS = {"dd": "jj", "yyyy": "aaaa", "HH": "hh"}
# What holds a word of ours or a number: a pattern of JavaScript, and what takes its place.
PHRASES = {
    r"^Choose date, (.+)$": "Choisir la date, $1",
    r"^Help for (.+)$": "Aide\u00a0: $1",
    r"^Remove (.+)$": "Retirer $1",
    r"^Select (\d+) matches$": "Choisir les $1 résultats",
    r"^You can only select up to (\d+) options?\. Remove an option first\.$": (
        "$1 choix au plus\u00a0: retirez-en un d’abord."
    ),
    r"^1 option available\.$": "1 choix possible.",
    r"^(\d+) options available\.$": "$1 choix possibles.",
    r"^1 result available$": "1 choix possible",
    r"^(\d+) results available$": "$1 choix possibles",
    r"^(.+), selected\.?$": "$1, choisi",
    r"^day, (.+)$": "jour, $1",
    r"^month, (.+)$": "mois, $1",
    r"^year, (.+)$": "année, $1",
    r"^hour, (.+)$": "heure, $1",
    r"^(?:: )?Date set outside allowed range\. Please select a date between (.+) and (.+)\.$": (
        "Choisissez une date du $1 au $2."
    ),
    r"^Number is below the allowed range\.$": "Nombre trop petit.",
    r"^Number is above the allowed range\.$": "Nombre trop grand.",
    r"^Number is below the allowed range\. Please enter a value greater than or equal to (.+)\.$": "$1 au moins.",
    r"^Number is above the allowed range\. Please enter a value less than or equal to (.+)\.$": "$1 au plus.",
    r"^Number is outside the allowed range\. Please enter a value between (.+) and (.+)\.$": "De $1 à $2.",
    r"^File must be ([\d.]+) ?MB or smaller\.$": "Un fichier fait $1\u00a0Mo au plus.",
    r"^(.+) files are not allowed\.$": "Les fichiers $1 ne sont pas acceptés.",
}
DATES = {
    r"^(\d\d) – ([A-Z][a-z]+)$": "$1 – $2",
    r"^Selected Date: ([A-Z][a-z]+) 0?(\d+), (\d{4})$": "Date choisie\u00a0: $2 $1 $3",
}
MONTHS = {
    "January": "janvier",
    "February": "février",
    "March": "mars",
    "April": "avril",
    "May": "mai",
    "June": "juin",
    "July": "juillet",
    "August": "août",
    "September": "septembre",
    "October": "octobre",
    "November": "novembre",
    "December": "décembre",
}


def as_script() -> str:
    """The tables, for the script that uses them."""
    tables = {
        "words": WORDS,
        "drawn": DRAWN,
        "hints": HINTS,
        "phrases": list(PHRASES.items()),
        "dates": list(DATES.items()),
        "months": MONTHS,
    }
    return json.dumps(tables, ensure_ascii=False)
