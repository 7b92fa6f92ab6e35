"""French label of each value of ``vocabulary``, as screens show it."""

from lib.domain import vocabulary as v

FORCES = {"PN": "Police", "GN": "Gendarmerie", "": "Service non renseigné"}
FAMILIES_SHORT = {
    "PER": "Personnels",
    "PEL": "Résidents et tiers",
    "BIE": "Biens",
    "INC": "Incendies",
    "OCC": "Occupation",
    "TRA": "Trafics",
    "JOU": "Jouissance",
    "CAD": "Cadre de vie",
}
QPV_STATUSES = {
    v.QpvStatus.INSIDE: "En QPV",
    v.QpvStatus.NEAR: "À proximité d’un QPV (300 m)",
    v.QpvStatus.OUTSIDE: "Hors QPV",
    v.QpvStatus.UNKNOWN: "Non localisée",
}
SEVERITIES = {1: "1, gêne isolée", 2: "2, trouble caractérisé", 3: "3, délit ou entrave", 4: "4, danger grave"}
PLACE_TYPES = {
    v.PlaceType.HALL: "Hall",
    v.PlaceType.STAIRCASE: "Escalier",
    v.PlaceType.LIFT: "Ascenseur",
    v.PlaceType.CELLAR: "Cave",
    v.PlaceType.PARKING: "Parking",
    v.PlaceType.ROOF: "Toiture",
    v.PlaceType.COMMON_ROOM: "Local commun",
    v.PlaceType.OUTDOOR: "Extérieur, dalle",
    v.PlaceType.DWELLING: "Logement",
    v.PlaceType.OFFICE: "Loge ou agence",
    v.PlaceType.SURROUNDINGS: "Abords",
    v.PlaceType.UNKNOWN: "Lieu non renseigné",
}
REPORT_CHANNELS = {
    v.ReportChannel.CARETAKER: "Gardien",
    v.ReportChannel.TENANT: "Locataire",
    v.ReportChannel.CALL_CENTRE: "Plateforme d’appel",
    v.ReportChannel.PATROL: "Patrouille",
    v.ReportChannel.CONTRACTOR: "Prestataire",
    v.ReportChannel.POLICE: "Police ou gendarmerie",
    v.ReportChannel.OTHER: "Autre",
    v.ReportChannel.UNKNOWN: "Non renseigné",
}
COMPLAINT_STATUSES = {
    v.ComplaintStatus.NOT_CONSIDERED: "Non envisagée",
    v.ComplaintStatus.TO_DECIDE: "À décider",
    v.ComplaintStatus.REFUSED_BY_VICTIM: "Refus de la victime",
    v.ComplaintStatus.POLICE_LOG_ENTRY: "Main courante",
    v.ComplaintStatus.GENDARMERIE_INFORMATION_REPORT: "Renseignement judiciaire",
    v.ComplaintStatus.ONLINE_PRE_COMPLAINT: "Pré-plainte en ligne",
    v.ComplaintStatus.FILED: "Plainte déposée",
    v.ComplaintStatus.FILED_WITH_PROSECUTOR: "Plainte au parquet",
    v.ComplaintStatus.REGISTRATION_REFUSED: "Refus d’enregistrement",
    v.ComplaintStatus.SWORN_WARDEN_REPORT: "PV de garde assermenté",
    v.ComplaintStatus.UNKNOWN: "Non renseignée",
}
# Subject of a sentence: «les atteintes aux biens augmentent de 23 %».
FAMILY_SUBJECTS = {
    "PER": "les atteintes aux personnels",
    "PEL": "les atteintes aux résidents",
    "BIE": "les atteintes aux biens",
    "INC": "les incendies et violences urbaines",
    "OCC": "les occupations d’espaces communs",
    "TRA": "les trafics",
    "JOU": "les troubles de jouissance",
    "CAD": "les atteintes au cadre de vie",
}
