"""What the reference tables hold on a new installation. Editable afterwards: what exists is never overwritten.

Areas: decree of 17 June 2023. Districts: official numbers. CPV: Regulation (EC) 213/2008.
"""

from datetime import date

MANDATE = date(2023, 6, 17)

# code, name, English name, short name, kind, code of what it is part of
DEPARTMENTS = [
    (
        "A01",
        "Área de Gobierno de Vicealcaldía, Portavoz, Seguridad y Emergencias",
        "Deputy Mayor, Spokesperson, Security and Emergencies",
        "Vicealcaldía y Seguridad",
        "area",
        None,
    ),
    (
        "A02",
        "Área de Gobierno de Urbanismo, Medio Ambiente y Movilidad",
        "Urban Planning, Environment and Mobility",
        "Urbanismo y Movilidad",
        "area",
        None,
    ),
    ("A03", "Área de Gobierno de Cultura, Turismo y Deporte", "Culture, Tourism and Sport", "Cultura", "area", None),
    (
        "A04",
        "Área de Gobierno de Economía, Innovación y Hacienda",
        "Economy, Innovation and Finance",
        "Economía y Hacienda",
        "area",
        None,
    ),
    ("A05", "Área de Gobierno de Obras y Equipamientos", "Works and Public Buildings", "Obras", "area", None),
    (
        "A06",
        "Área de Gobierno de Políticas Sociales, Familia e Igualdad",
        "Social Policy, Family and Equality",
        "Políticas Sociales",
        "area",
        None,
    ),
    ("A07", "Área de Gobierno de Políticas de Vivienda", "Housing Policy", "Vivienda", "area", None),
    (
        "AD01",
        "Área Delegada de Innovación y Emprendimiento",
        "Innovation and Entrepreneurship",
        "Innovación",
        "area",
        "A04",
    ),
    (
        "AD02",
        "Área Delegada de Limpieza y Zonas Verdes",
        "Street Cleaning and Green Spaces",
        "Limpieza y Zonas Verdes",
        "area",
        "A02",
    ),
    (
        "CGA",
        "Coordinación General de la Alcaldía",
        "Office of the Mayor, General Coordination",
        "Coordinación de la Alcaldía",
        "office",
        None,
    ),
    ("OD", "Dirección General de la Oficina Digital", "Digital Office", "Oficina Digital", "office", "CGA"),
    (
        "IAM",
        "Informática del Ayuntamiento de Madrid",
        "City Council's IT Agency",
        "IAM",
        "body",
        None,
    ),
    ("MS", "Madrid Salud", "Madrid Salud (public health)", "Madrid Salud", "body", None),
    ("ATM", "Agencia Tributaria Madrid", "Madrid Tax Agency", "Agencia Tributaria", "body", None),
    ("AA", "Agencia de Actividades", "Business Licences Agency", "Agencia de Actividades", "body", None),
    ("AE", "Agencia para el Empleo de Madrid", "Employment Agency", "Agencia para el Empleo", "body", None),
    ("EMT", "Empresa Municipal de Transportes de Madrid", "Municipal Transport Company", "EMT", "body", None),
    ("EMVS", "Empresa Municipal de la Vivienda y Suelo", "Municipal Housing and Land Company", "EMVS", "body", None),
    ("MD", "Madrid Destino Cultura Turismo y Negocio", "Madrid Destino", "Madrid Destino", "body", None),
    ("MM", "Mercamadrid", "Mercamadrid (wholesale market)", "Mercamadrid", "body", None),
    ("EMSF", "Empresa Municipal de Servicios Funerarios", "Municipal Funeral Services", "Funeraria", "body", None),
]

# number, name, address
DISTRICTS = [
    (1, "Centro", "centro"),
    (2, "Arganzuela", "arganzuela"),
    (3, "Retiro", "retiro"),
    (4, "Salamanca", "salamanca"),
    (5, "Chamartín", "chamartin"),
    (6, "Tetuán", "tetuan"),
    (7, "Chamberí", "chamberi"),
    (8, "Fuencarral-El Pardo", "fuencarral-el-pardo"),
    (9, "Moncloa-Aravaca", "moncloa-aravaca"),
    (10, "Latina", "latina"),
    (11, "Carabanchel", "carabanchel"),
    (12, "Usera", "usera"),
    (13, "Puente de Vallecas", "puente-de-vallecas"),
    (14, "Moratalaz", "moratalaz"),
    (15, "Ciudad Lineal", "ciudad-lineal"),
    (16, "Hortaleza", "hortaleza"),
    (17, "Villaverde", "villaverde"),
    (18, "Villa de Vallecas", "villa-de-vallecas"),
    (19, "Vicálvaro", "vicalvaro"),
    (20, "San Blas-Canillejas", "san-blas-canillejas"),
    (21, "Barajas", "barajas"),
]

# address, name, English name
POLICY_AREAS = [
    ("movilidad", "Movilidad", "Mobility"),
    ("medio-ambiente-y-energia", "Medio ambiente y energía", "Environment and energy"),
    ("residuos-y-limpieza", "Residuos y limpieza", "Waste and cleaning"),
    ("urbanismo", "Urbanismo", "Urban planning"),
    ("vivienda", "Vivienda", "Housing"),
    ("servicios-sociales-y-mayores", "Servicios sociales y mayores", "Social services and older people"),
    ("salud", "Salud", "Health"),
    ("cultura", "Cultura", "Culture"),
    ("turismo", "Turismo", "Tourism"),
    ("deporte", "Deporte", "Sport"),
    ("educacion", "Educación", "Education"),
    ("empleo-y-economia", "Empleo y economía", "Employment and economy"),
    ("comercio-y-mercados", "Comercio y mercados", "Trade and markets"),
    ("seguridad-y-emergencias", "Seguridad y emergencias", "Security and emergencies"),
    ("atencion-a-la-ciudadania", "Atención a la ciudadanía", "Service to citizens"),
    ("participacion-y-transparencia", "Participación y transparencia", "Participation and transparency"),
    ("tributos", "Tributos", "Taxes"),
    ("gestion-interna", "Gestión interna y personal", "Internal management and staff"),
    ("datos-e-inteligencia-artificial", "Datos e inteligencia artificial", "Data and artificial intelligence"),
    ("accesibilidad", "Accesibilidad", "Accessibility"),
]

# code, Spanish label, English label
CPV_CODES = [
    ("48000000-8", "Paquetes de software y sistemas de información", "Software packages and information systems"),
    (
        "72000000-5",
        "Servicios TI: consultoría, desarrollo de software, Internet y apoyo",
        "IT services: consulting, software development, Internet and support",
    ),
    (
        "72200000-7",
        "Servicios de programación de software y de consultoría",
        "Software programming and consultancy services",
    ),
    (
        "72212000-4",
        "Servicios de programación de software de aplicación",
        "Programming services of application software",
    ),
    ("72222300-0", "Servicios de tecnología de la información", "Information technology services"),
    (
        "72227000-2",
        "Servicios de consultoría en integración de software",
        "Software integration consultancy services",
    ),
    ("72230000-6", "Servicios de desarrollo de software personalizado", "Custom software development services"),
    ("72240000-9", "Servicios de análisis de sistemas y de programación", "Systems analysis and programming services"),
    ("72260000-5", "Servicios relacionados con el software", "Software-related services"),
    ("72262000-9", "Servicios de desarrollo de software", "Software development services"),
    ("72263000-6", "Servicios de implementación de software", "Software implementation services"),
    ("72265000-0", "Servicios de configuración de software", "Software configuration services"),
    ("72266000-7", "Servicios de consultoría en software", "Software consultancy services"),
    (
        "72267000-4",
        "Servicios de mantenimiento y reparación de software",
        "Software maintenance and repair services",
    ),
    ("72268000-1", "Servicios de suministro de software", "Software supply services"),
    ("72300000-8", "Servicios relacionados con datos", "Data services"),
    ("72310000-1", "Servicios de tratamiento de datos", "Data-processing services"),
    ("72316000-3", "Servicios de análisis de datos", "Data analysis services"),
    ("72320000-4", "Servicios relacionados con bases de datos", "Database services"),
    ("72400000-4", "Servicios de Internet", "Internet services"),
    (
        "72413000-8",
        "Servicios de diseño de sitios web WWW",
        "World wide web (www) site design services",
    ),
    ("72416000-9", "Proveedores de servicios de aplicación", "Application service providers"),
    ("72500000-0", "Servicios informáticos", "Computer-related services"),
    (
        "72600000-6",
        "Servicios de apoyo informático y de consultoría",
        "Computer support and consultancy services",
    ),
    ("72700000-7", "Servicios de red informática", "Computer network services"),
    ("72810000-1", "Servicios de auditoría informática", "Computer audit services"),
    (
        "73210000-7",
        "Servicios de consultoría en investigación",
        "Research consultancy services",
    ),
    (
        "73220000-0",
        "Servicios de consultoría en desarrollo",
        "Development consultancy services",
    ),
    (
        "73300000-5",
        "Diseño y ejecución en materia de investigación y desarrollo",
        "Design and execution of research and development",
    ),
    ("79341000-6", "Servicios de publicidad", "Advertising services"),
    ("79411000-8", "Servicios generales de consultoría en gestión", "General management consultancy services"),
    ("80533100-0", "Servicios de formación en informática", "Computer training services"),
]

# Local holidays, which the package of national and regional ones lacks: month, day, name. On a Sunday: the day after.
LOCAL_HOLIDAYS = [(5, 15, "San Isidro"), (11, 9, "Nuestra Señora de la Almudena")]
HOLIDAY_YEARS = range(2025, 2029)

RULES_FROM = date(2018, 3, 9)
RULES_SOURCE = """\
Límite del contrato menor de servicios y suministros: 15.000 € sin IVA (Ley 9/2017, art. 118.1), en vigor desde el
9 de marzo de 2018.
IVA general: 21 % (Ley 37/1992, art. 90).
Diez días hábiles para la documentación de quien va a ser adjudicatario (Ley 9/2017, art. 150.2).
Tres días para subsanar (Ley 9/2017, art. 141.2).
Treinta días para aceptar lo entregado y treinta para pagar la factura (Ley 9/2017, art. 198.4).
Los demás números son decisiones de la Oficina."""
